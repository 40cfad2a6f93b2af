"""What the live page says of enriched events: as they came, what is stored, what was answered."""

import json
import shlex
from typing import Any

import pytest

from tests.local.conftest import StartGateway
from tests.local.live_client import LiveClient
from tests.local.running_gateway import RunningGateway
from tests.unit.enriched_samples import envelope


@pytest.fixture(name="page")
def _page(gateway: RunningGateway) -> LiveClient:
    return LiveClient(gateway)


def one(application: str, client_id: str = "phone", **others: Any) -> Any:
    return envelope(client_id, application={"app_id": application}, **others)


def send(page: LiveClient, application: str, *found: Any) -> Any:
    path = f"/v1/apps/{application}/enriched-events"
    status, answer = page.gateway.ask("POST", path, json.dumps(found))
    assert status == 202
    return answer["Results"]


def test_each_envelope_is_a_row(page: LiveClient) -> None:
    bad = one("rows", event_id="2", attributes={"plan": 7})
    results = send(page, "rows", one("rows", event_id="1"), bad, 12, one("rows", "tablet"))

    assert page.rows("rows") == [
        ("tablet", results[3]["EventId"], "accepted"), ("", results[2]["EventId"], "rejected"),
        ("phone", "2", "rejected"), ("phone", "1", "accepted"),
    ]  # fmt: skip
    assert [row["type"] for row in page.get("events", application="rows")["events"]] == [
        "hello", None, "hello", "hello"
    ]  # fmt: skip


def test_an_opened_one_shows_the_envelope_the_record_and_its_answer(page: LiveClient) -> None:
    sent = one("opened-enriched", event_id="1", user_id="ann")
    send(page, "opened-enriched", sent)

    opened = page.open("opened-enriched")

    assert opened["came"] == {"EnrichedEvent": sent}
    assert opened["stored"]["endpoint"]["user"] == {"userid": "ann"}
    assert opened["answered"] == {"StatusCode": 202, "Message": "Accepted"}
    _, url, *_, body = shlex.split(opened["curl"])
    assert url.endswith("/v1/apps/opened-enriched/enriched-events")
    assert json.loads(body) == sent


def test_a_rejected_one_says_how_to_mend_it(page: LiveClient) -> None:
    bad = one("another", event_id="1")
    send(page, "mended", bad)

    opened = page.open("mended")

    assert opened["rule"]["name"] == "application.app_id"
    assert "the path of its own application" in opened["rule"]["mend"]
    assert json.loads(opened["stored"]["event"]) == bad


def test_those_of_an_earlier_run_are_opened_too(start_gateway: StartGateway) -> None:
    gateway = start_gateway()
    bad = one("earlier", event_id="2", attributes={"plan": 7})
    send(LiveClient(gateway), "earlier", one("earlier", event_id="1"), bad)
    gateway.end()
    page = LiveClient(start_gateway(gateway.data_dir))

    assert sorted(page.rows("earlier")) == [("phone", "1", "accepted"), ("phone", "2", "rejected")]
    opened = [page.open("earlier", number) for number in (0, 1)]
    [found] = [o for o in opened if o["row"]["verdict"] == "rejected"]
    assert found["came"] == {"EnrichedEvent": bad}
    assert found["row"]["type"] == "hello"


def test_those_of_a_message_are_watched_until_they_are_delivered(page: LiveClient) -> None:
    bad = one("piped", event_id="2", attributes={"plan": 7})
    found = [one("piped", event_id="1"), bad]
    message = {"ApplicationId": "piped", "EnrichedEvents": found}
    with page.stream() as stream:
        assert page.send_message(json.dumps(message)) == 200
        verdicts: dict[str, str] = {}
        while verdicts != {"1": "accepted", "2": "rejected"}:
            row = stream.row("piped", "row", "change")
            verdicts[row["event"]] = row["verdict"]
