"""`send` with a file of requests: what became of each line."""

import json
import re
from pathlib import Path
from typing import Any

from tests.clients.programs import Program
from tests.commands.running_send import Command, events, write_lines
from tests.local.running_gateway import RunningGateway
from tests.upstream import accept_all, running_upstream


def test_a_bad_line_is_named_and_the_others_are_sent(
    put_events: Command, app: str, gateway: RunningGateway, tmp_path: Path
) -> None:
    lines = [
        events(one="tap"),
        "{not json",
        "",
        {"ApplicationId": app, "EventsRequest": events(two="tap", three="tap")},
        ["a", "list"],
        {"Batchitem": {}},
        {"EventsRequest": "text"},
        events(four="tap"),
    ]

    status, output, errors = put_events(
        "--requests", write_lines(tmp_path / "lines", *lines), "--application-id", app
    )

    assert output.splitlines() == [
        "requests   3 sent, 0 failed, 4 not sent (bad lines)",
        "events     4 sent, 4 accepted, 0 rejected, 0 failed",
    ]
    named = [re.sub(r" \(Expecting.*\)", "", line) for line in errors.splitlines()]
    assert named == [
        "Line 2 was not sent: Not JSON.",
        "Line 5 was not sent: Not a JSON object.",
        "Line 6 was not sent: Neither BatchItem nor EventsRequest is in it.",
        "Line 7 was not sent: No events: give --events-request or an EventsRequest.",
    ]
    assert status == 2
    assert {row[1] for row in gateway.stored(app)} == {"one", "two", "three", "four"}


def test_lines_may_come_from_a_pipe_and_name_their_applications(
    put_events: Command, app: str, gateway: RunningGateway
) -> None:
    calls = [{"ApplicationId": f"{app}-{n}", "EventsRequest": events(one="tap")} for n in range(2)]

    status, output, errors = put_events(
        "--requests", "-", stdin="\n".join(json.dumps(call) for call in calls)
    )

    assert (status, errors) == (0, "")
    assert output.splitlines()[0] == "requests   2 sent, 0 failed"
    for n in range(2):
        assert gateway.stored(f"{app}-{n}") == [("phone", "one", "tap")]


def test_a_line_without_an_application_is_a_bad_line(put_events: Command) -> None:
    status, output, errors = put_events("--requests", "-", stdin=json.dumps(events(one="tap")))

    assert "Line 1 was not sent: No application" in errors
    assert (status, output.splitlines()[0]) == (
        2,
        "requests   0 sent, 0 failed, 1 not sent (bad lines)",
    )


def test_what_is_rejected_is_counted_by_its_text(
    put_events: Command, app: str, gateway: RunningGateway, tmp_path: Path
) -> None:
    no_channel: Any = events(last="tap")
    no_channel["BatchItem"]["phone"]["Endpoint"] = {"Address": "a@example.com"}
    late: Any = events(late="tap")
    late["BatchItem"]["phone"]["Events"]["late"]["Timestamp"] = "yesterday"
    lines = [events(good="tap", bad=""), events(bad=""), late, no_channel]

    status, output, _ = put_events(
        "--requests", write_lines(tmp_path / "lines", *lines), "--application-id", app
    )

    assert output.splitlines() == [
        "requests   4 sent, 0 failed",
        "events     5 sent, 2 accepted, 3 rejected, 0 failed",
        "rejected   2 x 400 String should have at least 1 character (EventType)",
        "rejected   1 x 400 Timestamp should be a date in ISO 8601 format with Z or +hh:mm. "
        "(Timestamp)",
        "endpoints  1 x 400 Missing ChannelType (Address)",
    ]
    assert status == 1
    assert {row[1] for row in gateway.stored(app)} == {"good", "last"}


def test_requests_without_an_answer_are_counted_and_do_not_stop_the_rest(
    run: Program, tmp_path: Path
) -> None:
    def answer(request: dict[str, Any]) -> tuple[int, Any] | None:
        [event_id] = request["BatchItem"]["phone"]["Events"]
        response: Any = accept_all(request)
        response["Results"]["phone"]["EventsItemResponse"]["failed"] = {
            "StatusCode": 500,
            "Message": "Not delivered, please try again.",
        }
        whole = {"rejected": (403, {"Message": "Forbidden", "RequestID": "1"}), "silent": None}
        return whole.get(event_id, (202, response))

    kinds = ["good", "rejected", "silent", "failed", "rejected", "good"]
    file = write_lines(tmp_path / "lines", *(events(**{kind: "tap"}) for kind in kinds))
    with running_upstream() as upstream:
        upstream.answer = answer
        status, output, _ = Command(run, upstream.url)("--requests", file, "--application-id", "a")

    silence = f'"{upstream.url}/v1/apps/a/events".'
    assert output.splitlines() == [
        "requests   6 sent, 3 failed",
        "           2 x HTTP 403 Rejected: Forbidden, first in line 2",
        "           1 x No answer: Connection was closed before we received a valid response from "
        f"endpoint URL: {silence}, first in line 3",
        "events     6 sent, 2 accepted, 0 rejected, 4 failed",
        "failed     1 x 500 Not delivered, please try again.",
    ]
    assert status == 4
