"""What the live page says of an event that home has and a follower has not."""

from typing import Any

import pytest

from local.console import summary
from local.http_messages import Request, Response
from tests.local.conftest import StartGateway
from tests.local.live_client import LiveClient
from tests.local.running_gateway import RunningGateway, put_events_body
from tests.upstream import Upstream, running_upstream

APPLICATION = "my-app"


def refused(request: Any) -> Any:
    """A follower's answer that rejects each event."""
    no = {"StatusCode": 400, "Message": "not this one"}
    return 202, {
        "Results": {
            endpoint_id: {
                "EndpointItemResponse": {"StatusCode": 202, "Message": "Accepted"},
                "EventsItemResponse": dict.fromkeys(batch["Events"], no),
            }
            for endpoint_id, batch in request["BatchItem"].items()
        }
    }


def started(start: StartGateway, upstream: Upstream) -> RunningGateway:
    return start(DESTINATION="local,pinpoint", AWS_ENDPOINT_URL_PINPOINT=upstream.url,
                 RETRY_DELAY_SECONDS="600")  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda _: (503, {"Message": "no"}), "pinpoint: waits"),
        (refused, "pinpoint: dead letter, Rejected by pinpoint: not this one"),
    ],
)
def test_the_verdict_is_homes_and_the_follower_is_told_beside_it(
    answer: Any, said: str, start_gateway: StartGateway
) -> None:
    with running_upstream() as upstream:
        upstream.answer = answer
        gateway = started(start_gateway, upstream)
        gateway.put_events(put_events_body())
        page = LiveClient(gateway)

        opened = page.open(APPLICATION)
        [row] = page.get("events", application=APPLICATION)["events"]
        counts = page.get("summary")["counts"]

        assert (row["verdict"], row["followers"]) == ("accepted", [said])
        assert opened["stored"]["event_type"] == "hello"
        first, *later = opened["history"]
        assert first["verdict"] == "accepted"
        assert all("pinpoint" in step["text"] for step in later)
        assert {name: n for name, n in counts.items() if n} == {"accepted": 1}
        gateway.end()

        again = LiveClient(started(start_gateway, upstream))  # and after a restart, from the file
        [row] = again.get("events", application=APPLICATION)["events"]
        assert (row["verdict"], row["followers"]) == ("accepted", [said])


@pytest.mark.parametrize(
    ("queued", "said"),
    [
        ({}, "2 accepted"),
        ({"": 2}, "2 accepted (2 of them queued)"),
        ({"stream": 2, "bus": 2}, "2 accepted (stream, bus wait for 2)"),
        ({"local": 1, "bus": 2}, "2 accepted (local waits for 1; bus waits for 2)"),
    ],
)
def test_the_terminal_says_who_waits_for_how_many(queued: dict[str, int], said: str) -> None:
    accepted = b'{"StatusCode":202,"Message":"Accepted"}'
    body = b'{"Results":{"a":{"EndpointItemResponse":%b,"EventsItemResponse":{"1":%b,"2":%b}}}}' % (
        accepted,
        accepted,
        accepted,
    )
    request = Request("POST", "/v1/apps/my-app/events", "", [], b"", "", "id")
    line, _ = summary(request, Response(202, [], body), queued)
    assert line.endswith(f"  202  {said}")
