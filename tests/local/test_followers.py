"""`make run` with a destination beside its own store."""

import json
import re
import shlex
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.local.conftest import StartGateway
from tests.local.running_gateway import ROOT, put_events_body
from tests.loopback import Request, Response, serving
from tests.upstream import running_upstream


def test_an_event_is_stored_here_and_waits_for_a_follower_that_is_down(
    start_gateway: StartGateway,
) -> None:
    with running_upstream() as upstream:
        upstream.answer = lambda request: (503, {"Message": "no"})
        gateway = start_gateway(
            DESTINATION="local,pinpoint", AWS_ENDPOINT_URL_PINPOINT=upstream.url
        )
        assert "followed by pinpoint" in "\n".join(gateway.lines)
        gateway.put_events(put_events_body())
        with closing(sqlite3.connect(gateway.data_dir / "putevents.db")) as store:
            [attributes] = store.execute("SELECT attributes FROM messages").fetchone()
            [stored] = store.execute("SELECT count(*) FROM events").fetchone()
    named: Any = json.loads(attributes)
    assert (named["Destinations"]["StringValue"], stored) == ("pinpoint", 1)


@pytest.mark.parametrize(
    ("page", "follower", "operation", "named"),
    [
        ("live-page", "stream", "Kinesis_20131202.PutRecords", ("StreamARN", ":stream/events")),
        ("stream", "stream", "Kinesis_20131202.PutRecords", ("StreamARN", ":stream/events")),
        ("live-page", "bus", "AWSEvents.PutEvents", ("Entries", "default")),
    ],
)
def test_the_commands_of_the_pages_send_to_a_stand_in(
    page: str, follower: str, operation: str, named: tuple[str, str], start_gateway: StartGateway
) -> None:
    [command] = re.findall(
        rf"^make run (DESTINATION=local,{follower} .*)$",
        (ROOT / f"docs/{page}.md").read_text(), re.MULTILINE,
    )  # fmt: skip
    settings = dict(word.split("=", 1) for word in shlex.split(command))
    calls = list[Request]()

    def answer(request: Request) -> Response:
        calls.append(request)
        done = {"Records": [{"SequenceNumber": "1", "ShardId": "0"}], "Entries": [{"EventId": "1"}]}
        return Response(200, json.dumps(done).encode())

    with serving(answer) as url:
        settings = {n: url if n.startswith("AWS_ENDPOINT_URL") else v for n, v in settings.items()}
        gateway = start_gateway(**settings)
        event = {"EventType": "purchase", "Timestamp": "2026-01-02T03:04:05.678Z"}
        gateway.put_events(put_events_body({"1": event}))

    [call] = calls
    assert call.headers["x-amz-target"] == operation
    assert named[1] in str(json.loads(call.body)[named[0]])
