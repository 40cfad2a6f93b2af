"""What the live page's server says of events: as they come, opened, and of earlier runs."""

import json
import shlex
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.live.happenings import Happenings
from local.live.live_events import Filter, LiveEvents
from tests.local.conftest import StartGateway
from tests.local.live_client import LiveClient
from tests.local.running_gateway import EVENT, RunningGateway, put_events_body

GOOD = {**EVENT, "EventType": "song.played", "Attributes": {"genre": "jazz"}}
BAD = {"EventType": "song.played"}
BADS = {f"bad-{number}" for number in range(4)}


@pytest.fixture(name="page")
def _page(gateway: RunningGateway) -> LiveClient:
    return LiveClient(gateway)


def send(page: LiveClient, application: str, to: str = "phone", /, **events: Any) -> None:
    page.gateway.put_events(put_events_body(events, endpoint_id=to), application)


def test_the_newest_event_comes_first_each_with_its_verdict(page: LiveClient) -> None:
    send(page, "first", one=GOOD)
    send(page, "first", two=GOOD, three=BAD)

    assert page.rows("first") == [
        ("phone", "three", "rejected"), ("phone", "two", "accepted"), ("phone", "one", "accepted"),
    ]  # fmt: skip
    [row, *_] = page.get("events", application="first")["events"]
    assert row["reason"] == "Missing Timestamp (Timestamp)"
    assert (row["type"], row["door"], row["destination"]) == ("song.played", "https", "local")


def test_an_opened_event_shows_what_came_what_is_stored_and_what_was_answered(
    page: LiveClient,
) -> None:
    send(page, "opened", one=GOOD)

    opened = page.open("opened")

    assert opened["came"] == {"Endpoint": {}, "Event": GOOD}
    assert opened["stored"]["event_type"] == "song.played"
    assert opened["stored"]["attributes"] == {"genre": "jazz"}
    assert opened["answered"] == {"StatusCode": 202, "Message": "Accepted"}
    assert [step["verdict"] for step in opened["history"]] == ["accepted"]
    assert opened["rule"] is None


def test_a_rejected_event_says_which_rule_and_how_to_mend_it(page: LiveClient) -> None:
    send(page, "rule", one=BAD)

    opened = page.open("rule")

    assert opened["rule"]["name"] == "Timestamp"
    assert opened["rule"]["sentence"] == "Missing Timestamp"
    assert "Timestamp" in opened["rule"]["mend"]
    assert json.loads(opened["stored"]["event"]) == BAD


def test_a_request_that_is_rejected_whole_is_one_row(page: LiveClient) -> None:
    page.gateway.ask("POST", "/v1/apps/whole/events", "no JSON")

    opened = page.open("whole")

    assert opened["row"]["reason"] == "400: The body is not valid JSON."
    assert opened["answered"] == {"StatusCode": 400, "Message": "The body is not valid JSON."}


def test_rows_are_found_by_what_they_are(page: LiveClient) -> None:
    send(page, "found", one=GOOD, two=BAD)
    send(page, "found", "tablet", three={**EVENT, "Attributes": {"key": "Needle"}})

    def events(**query: object) -> list[str]:
        return [event for _, event, _ in page.rows("found", **query)]

    assert events(endpoint="tablet") == ["three"]
    assert events(type="song.played") == ["two", "one"]
    assert events(verdict="rejected") == ["two"]
    assert events(q="needle") == ["three"]
    assert events(q="missing timestamp") == ["two"]
    assert events(q="nothing of it") == []
    assert events(limit=1) == ["three"]


def test_pages_follow_each_other_without_a_gap(page: LiveClient) -> None:
    for number in range(7):
        send(page, "paged", **{str(number): GOOD, f"bad-{number}": BAD})
    found: list[str] = []
    before: dict[str, object] = {}
    while True:
        answer = page.get("events", application="paged", limit=3, **before)
        found += [row["event"] for row in answer["events"]]
        if not answer["more"]:
            break
        before = {"before": answer["next"]}

    assert found == [name for n in range(6, -1, -1) for name in (f"bad-{n}", str(n))]


def test_a_row_comes_by_itself_and_again_to_a_page_that_missed_it(page: LiveClient) -> None:
    with page.stream() as stream:
        send(page, "streamed", one=GOOD)
        first = stream.row("streamed")
        send(page, "streamed", two=BAD)
        assert stream.row("streamed")["verdict"] == "rejected"
        rates = stream.next("rates")
    with page.stream(first["seq"]) as again:
        assert again.row("streamed")["event"] == "two"
        assert again.hello == stream.hello  # the same run
    assert (first["event"], first["verdict"]) == ("one", "accepted")
    assert {"at", "accepted", "rejected", "queued", "waiting", "dead", "failed"} == rates.keys()


def test_a_stop_ends_the_streams(start_gateway: StartGateway) -> None:
    page = LiveClient(start_gateway())
    with page.stream() as stream:
        assert page.gateway.end() == (0, "")
        with pytest.raises(AssertionError, match="ended"):
            stream.next("row")


def test_of_a_flood_some_rows_come_and_the_others_are_counted(page: LiveClient) -> None:
    requests, events = 40, {str(number): GOOD for number in range(100)}
    with page.stream() as stream:
        for _ in range(requests):
            send(page, "flood", **events)
        rows = skipped = 0
        while rows + skipped < requests * len(events):
            told = stream.next("row", "skipped")
            rows += told.get("application") == "flood"
            skipped += told.get("count", 0)

    assert rows
    assert skipped
    assert rows + skipped == requests * len(events)


def test_what_waited_before_the_start_is_watched_too(start_gateway: StartGateway) -> None:
    first = LiveClient(start_gateway())
    first.post("chaos", {"destination": "reject"})
    send(first, "waited", one=GOOD)
    first.gateway.end()
    page = LiveClient(start_gateway())
    [row] = page.get("events", application="waited")["events"]
    opened = page.get(f"events/{row['seq']}")
    with page.stream() as stream:
        page.post("chaos", {"destination": "half"})
        page.post("chaos", {"destination": "none"})  # its end lets go what waits
        changed = stream.row("waited", "change")

    assert (row["verdict"], opened["came"]["Event"]) == ("queued", GOOD)
    assert (changed["seq"], changed["verdict"]) == (row["seq"], "accepted")


def test_a_message_of_the_queue_is_watched_until_it_is_delivered(page: LiveClient) -> None:
    message = {"ApplicationId": "queue", "EventsRequest": put_events_body({"1": GOOD, "2": BAD})}
    with page.stream() as stream:
        assert page.send_message(json.dumps(message)) == 200
        verdicts: dict[str, str] = {}
        while verdicts != {"1": "accepted", "2": "rejected"}:
            row = stream.row("queue", "row", "change")
            verdicts[row["event"]] = row["verdict"]

    opened = page.open("queue", 1)
    assert opened["row"]["door"] == "queue"
    assert [step["verdict"] for step in opened["history"]] == ["waiting", "accepted"]
    assert opened["stored"]["event_id"] == "1"


def test_events_of_an_earlier_run_are_there_in_their_order(start_gateway: StartGateway) -> None:
    first = LiveClient(start_gateway())
    for number in range(5):
        send(first, "early", **{str(number): GOOD, f"bad-{number}": BAD})
    first.gateway.end()
    page = LiveClient(start_gateway())
    send(page, "early", late=GOOD)
    found: list[str] = []
    before: dict[str, object] = {}
    while True:
        answer = page.get("events", application="early", limit=2, **before)
        found += [row["event"] for row in answer["events"]]
        if not answer["more"]:
            break
        before = {"before": answer["next"]}

    assert found[0] == "late"
    assert sorted(found) == sorted({*map(str, range(5)), *(f"bad-{n}" for n in range(5)), "late"})
    assert [name for name in found if len(name) == 1] == ["4", "3", "2", "1", "0"]
    opened = page.open("early", found.index("3"))
    assert opened["came"]["Event"] == GOOD | {"Timestamp": EVENT["Timestamp"]}
    assert opened["stored"]["event_id"] == "3"
    assert "note" in opened
    rejected = page.open("early", found.index("bad-3"))
    assert rejected["came"]["Event"] == BAD
    assert rejected["rule"]["sentence"] == "Missing Timestamp"


def test_a_page_goes_on_after_rows_that_were_deleted(start_gateway: StartGateway) -> None:
    first = LiveClient(start_gateway())
    for number in range(6):
        send(first, "gone", **{str(number): GOOD, f"bad-{number}": BAD})
    first.gateway.end()
    page = LiveClient(start_gateway())
    answer = page.get("events", application="gone", limit=5)
    connection = sqlite3.connect(page.gateway.data_dir / "putevents.db")
    with closing(connection), connection:
        connection.execute("DELETE FROM events WHERE event_id IN ('5', '4', '3')")
        connection.execute("DELETE FROM rejected_events WHERE event_id IN ('bad-4', 'bad-3')")

    rest = page.get("events", application="gone", before=answer["next"])["events"]

    assert len(answer["events"]) == 5
    found = {row["event"] for row in rest}
    assert {"0", "1", "2", "bad-0", "bad-1", "bad-2"} <= found <= {"0", "1", "2", "3", *BADS}
    assert len(found) == len(rest)


HOSTILE = ["<script>alert(1)</script>", "</script>\"'`;--", "\u2028\u0000\u202e", "😀" * 20]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_leave_as_json(page: LiveClient, text: str) -> None:
    event = {**EVENT, "EventType": text, "Attributes": {text[:50]: text}}
    body = put_events_body({text: event}, {"User": {"UserId": text}}, text)
    answer = page.gateway.put_events(body, "hostile")
    assert text in answer["Results"]

    row = page.get("events", application="hostile", limit=1)["events"][0]
    opened = page.get(f"events/{row['seq']}")

    assert (row["endpoint"], row["event"]) == (text, text)
    assert opened["came"]["Event"]["EventType"] == text
    assert [page.get("endpoints", application="hostile", q=text)["endpoints"] != []] == [True]


def test_an_endpoint_is_shown_with_its_user_and_deleted(page: LiveClient) -> None:
    body = put_events_body({"1": EVENT}, {"User": {"UserId": "me"}}, "a/b c")
    page.gateway.put_events(body, "shown")

    [listed] = page.get("endpoints", application="shown")["endpoints"]
    found = page.get("endpoints/shown/a%2Fb%20c")

    assert (listed["endpoint"], listed["user"]) == ("a/b c", "me")
    assert found["endpoint"]["Id"] == "a/b c"
    assert [one["Id"] for one in found["user"]["Item"]] == ["a/b c"]
    assert [row["event"] for row in found["history"]] == ["1"]
    assert page.ask("DELETE", "/live/endpoints/shown/a%2Fb%20c")[0] == 200
    assert page.ask("GET", "/live/endpoints/shown/a%2Fb%20c")[0] == 404
    assert page.get("endpoints", application="shown")["endpoints"] == []
    page.gateway.put_events(put_events_body({"2": EVENT}, {}, "a/b c"), "shown")
    assert len(page.get("endpoints", application="shown")["endpoints"]) == 1


@pytest.mark.parametrize(("kind", "status"), [("good", 202), ("bad", 400)])
def test_a_sample_goes_through_the_door(page: LiveClient, kind: str, status: int) -> None:
    sent = page.post("sample", {"kind": kind})

    [endpoint] = sent["response"]["Results"].values()
    [event] = endpoint["EventsItemResponse"].values()
    assert (sent["status"], event["StatusCode"]) == (202, status)
    application = page.get("summary")["application"]
    verdict = "accepted" if kind == "good" else "rejected"
    assert page.rows(application, limit=1)[0][2] == verdict


def test_the_summary_counts_and_says_how_to_send(page: LiveClient) -> None:
    send(page, "summed", one=GOOD, two=BAD)

    summary = page.get("summary")

    assert summary["counts"]["accepted"] > 0 < summary["counts"]["rejected"]
    assert "song.played" in summary["types"]
    assert "summed" in summary["applications"]
    assert len(summary["rates"]) == 300
    assert all(page.gateway.url in example for example in summary["examples"].values())


def test_an_example_is_of_now_and_another_each_time(page: LiveClient) -> None:
    first, second = (page.get("summary")["examples"]["curl"] for _ in "12")
    sent = json.loads(shlex.split(first)[-1])["BatchItem"]["my-device"]["Events"]

    [event] = sent.values()
    assert abs(datetime.fromisoformat(event["Timestamp"]) - datetime.now(UTC)) < timedelta(hours=1)
    assert first != second


def test_a_request_to_a_wrong_path_is_a_row(page: LiveClient) -> None:
    with page.stream() as stream:
        page.gateway.ask("POST", "/v1/apps/astray/event", "{}")
        row = stream.row("")

    opened = page.get(f"events/{row['seq']}")
    assert row["reason"] == "404: Nothing is at POST /v1/apps/astray/event."
    assert "/v1/apps/APPLICATION/events" in opened["rule"]["mend"]


def test_the_copied_command_goes_where_the_event_went(page: LiveClient) -> None:
    page.gateway.put_events(put_events_body({"1": EVENT}), "..a.1-3_")

    url = shlex.split(page.open("..a.1-3_")["curl"])[1]

    assert url == f"{page.gateway.url}/v1/apps/..a.1-3_/events"


def test_with_another_destination_the_page_says_what_it_cannot(start_gateway: StartGateway) -> None:
    url = "http://127.0.0.1:9"
    page = LiveClient(start_gateway(DESTINATION="pinpoint", AWS_ENDPOINT_URL_PINPOINT=url))
    send(page, "elsewhere", one=GOOD, two=BAD)

    assert page.rows("elsewhere") == [("phone", "two", "rejected"), ("phone", "one", "queued")]
    assert page.get("summary")["cannot"]


@pytest.mark.parametrize("odd", [["reject"], {"a": 1}, 5, True])
def test_an_odd_choice_is_one_sentence(page: LiveClient, odd: Any) -> None:
    for path, body in (("chaos", {"destination": odd}), ("chaos", {"queue": odd}),
                       ("sample", {"kind": odd}), ("sql", {"name": odd})):  # fmt: skip
        status, answer = page.ask("POST", f"/live/{path}", body)
        assert (status, [*answer]) == (400, ["error"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/live/events?limit=many", 400), ("GET", "/live/events/x", 400),
        ("GET", "/live/events/5", 404), ("GET", "/live/events/-5000000", 404),
        ("GET", "/live/nothing", 404), ("POST", "/live/sample", 400), ("POST", "/live/chaos", 400),
        ("GET", "/page/../same_machine.py", 404), ("GET", "/page/%2e%2e/asgi.py", 404),
    ],
)  # fmt: skip
def test_a_wrong_call_is_one_sentence(
    page: LiveClient, method: str, path: str, status: int
) -> None:
    found, answer = page.ask(method, path, {"kind": "x", "destination": "x"})

    assert (found, [*answer]) == (status, ["error"])


def test_an_event_whose_request_is_still_in_hand_is_not_listed_as_one_of_before(
    tmp_path: Path,
) -> None:
    gateway = RunningGateway(tmp_path / "data")
    gateway.put_events(put_events_body())
    gateway.end()
    happenings = Happenings()
    events = LiveEvents(happenings, gateway.data_dir, "local")

    [(request_id,)] = gateway.rows("SELECT request_id FROM batches")
    assert len(events.page(None, 10, Filter()).rows) == 1
    happenings.in_hand.add(request_id)  # its row comes when it has been answered
    assert events.page(None, 10, Filter()).rows == []
