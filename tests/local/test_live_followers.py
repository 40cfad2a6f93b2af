"""What the live page says of an event that home has and a follower has not."""

import json
from typing import Any

import pytest

from local.console import summary
from local.http_messages import Request, Response
from local.live.fates import Fates
from local.live.happenings import RunEnded, RunStarted, Sent
from local.queue_message import DEAD_LETTERS, QUEUE, Message, NewMessage
from tests.local.conftest import StartGateway
from tests.local.live_client import LiveClient
from tests.local.running_gateway import EVENT, RunningGateway, put_events_body
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


def test_each_step_of_the_history_is_of_its_destinations() -> None:
    fates, key = Fates("local"), ("r", "phone", "1")

    def message(names: str) -> Message:
        told = {"RequestId": "r", "Attempt": "1", "Destinations": names}
        attributes = {n: {"DataType": "String", "StringValue": text} for n, text in told.items()}
        body = json.dumps({
            "ApplicationId": "a",
            "EventsRequest": {"BatchItem": {"phone": {"Endpoint": {}, "Events": {"1": EVENT}}}},
        })  # fmt: skip
        return Message("m", body, attributes, 1, 1, 1, "handle")

    def sent(names: str, queue: str = QUEUE) -> Sent:
        one = message(names)
        return Sent(queue, "id", NewMessage(one.body, one.attributes), 1)

    # Neither home nor the followers could take it; then home and one follower do, of two.
    all_, bus = message("local,stream,bus"), message("bus")
    assert [c.now for c in fates.follow([sent("local,stream,bus")])] == ["queued"]
    [change] = fates.follow([RunStarted([all_], 2), sent("bus"), RunEnded([all_], frozenset(), 3)])
    assert (change.before, change.now) == ("queued", "accepted")
    assert (fates.verdict(key), fates.followers(key)) == (("accepted", None), ("bus: waits",))
    assert fates.steps(key)[-1].text == "It was delivered from the queue to local, stream."

    # A follower's failed attempt undoes nothing at home; a dead letter of it neither.
    fates.follow([RunStarted([bus], 4), RunEnded([bus], frozenset(["m"]), 5)])
    assert fates.steps(key)[-1].text == "Attempt 1 on the queue did not deliver it to bus."
    assert fates.verdict(key) == ("accepted", None)
    fates.follow([sent("bus", DEAD_LETTERS)])
    assert fates.followers(key) == ("bus: dead letter, put there by hand",)
    assert fates.verdict(key) == ("accepted", None)
    fates.follow([RunStarted([bus], 6), RunEnded([bus], frozenset(), 7)])
    assert fates.followers(key) == ()
