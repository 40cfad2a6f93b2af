"""What Pinpoint does not take is answered 202 only once it is safe, and arrives later."""

import json
import threading
from pathlib import Path

import pytest

from tests.deployed.bodies import EVENT, message, numbered, request
from tests.deployed.conftest import Make
from tests.deployed.deployed_gateway import APPLICATION, Gateway
from tests.deployed.eventually import eventually
from tests.deployed.putevents_server import (
    ACCEPTED,
    Behaviour,
    Call,
    EventKey,
    Reply,
    Upstream,
    fail,
    respond,
)

OK = (202, "Accepted")
MAX_ATTEMPTS = 32


def test_events_taken_while_pinpoint_was_down_arrive_once_when_it_is_back(
    gateway: Gateway, upstream: Upstream, endpoint_id: str
) -> None:
    upstream.stop()
    first = gateway.put_events(numbered(endpoint_id, 3))
    second = gateway.put_events(request(endpoint_id, {"a": EVENT | {"Metrics": {"n": 1.5}}}))
    assert first.items == {"0": OK, "1": OK, "2": OK}
    assert second.items == {"a": OK}
    assert gateway.waiting() >= 2

    upstream.recover()

    eventually(lambda: len(upstream.accepted) == 4 and gateway.waiting() == 0)
    assert upstream.accepted == {(APPLICATION, endpoint_id, e): 1 for e in ("0", "1", "2", "a")}
    assert upstream.events()[APPLICATION, endpoint_id, "a"] == EVENT | {"Metrics": {"n": 1.5}}


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(fail(500, "InternalServerErrorException"), id="500"),
        pytest.param(fail(429, "TooManyRequestsException"), id="429"),
        pytest.param(fail(403, "ForbiddenException"), id="403"),
        pytest.param(fail(404, "NotFoundException"), id="404"),
        pytest.param(lambda _call: Reply(202, b"<html>"), id="not JSON"),
        pytest.param(lambda _call: Reply(202, b"{}"), id="no results"),
        pytest.param(lambda _call: Reply(202, b'{"Results": {}}'), id="no ids"),
    ],
)
def test_a_call_that_fails_as_a_whole_is_made_again_later(
    gateway: Gateway, upstream: Upstream, endpoint_id: str, behaviour: Behaviour
) -> None:
    upstream.behaviour = behaviour
    answer = gateway.put_events(numbered(endpoint_id, 2))
    assert answer.items == {"0": OK, "1": OK}
    assert upstream.calls

    upstream.recover()

    eventually(lambda: len(upstream.accepted) == 2 and gateway.waiting() == 0)
    assert set(upstream.accepted.values()) == {1}


def test_a_call_that_hangs_is_given_up_and_made_again_later(
    gateway: Gateway, upstream: Upstream, endpoint_id: str
) -> None:
    released = threading.Event()
    upstream.behaviour = lambda _call: Reply(500, b"", after=released)
    try:
        answer = gateway.put_events(numbered(endpoint_id, 1))
    finally:
        released.set()
    assert answer.items == {"0": OK}

    upstream.recover()

    eventually(lambda: len(upstream.accepted) == 1 and gateway.waiting() == 0)


@pytest.mark.parametrize(
    "item",
    [
        pytest.param({"StatusCode": 500, "Message": "InternalServerErrorException"}, id="500"),
        pytest.param({"StatusCode": 429, "Message": "TooManyRequestsException"}, id="429"),
        pytest.param(None, id="left out"),
    ],
)
def test_of_a_call_that_half_succeeded_only_the_rest_is_made_again(
    gateway: Gateway, upstream: Upstream, endpoint_id: str, item: dict[str, object] | None
) -> None:
    upstream.behaviour = _one_event("1", item)
    answer = gateway.put_events(numbered(endpoint_id, 3))
    assert answer.items == {"0": OK, "1": OK, "2": OK}

    upstream.recover()

    eventually(lambda: len(upstream.accepted) == 3 and gateway.waiting() == 0)
    assert set(upstream.accepted.values()) == {1}
    for call in upstream.calls[1:]:
        assert call.events.keys() == {(APPLICATION, endpoint_id, "1")}


def test_what_pinpoint_refuses_is_told_the_client_and_never_made_again(
    gateway: Gateway, upstream: Upstream, endpoint_id: str
) -> None:
    text = "Number of attributes per event submitted should be less than 40."
    upstream.behaviour = _one_event("1", {"StatusCode": 400, "Message": text})

    answer = gateway.put_events(numbered(endpoint_id, 2))

    assert answer.items == {"0": OK, "1": (400, text)}
    eventually(lambda: gateway.waiting() == 0)
    assert len(upstream.calls) == 1


def test_what_was_tried_too_often_is_a_dead_letter_with_its_reason_until_it_is_redriven(
    gateway: Gateway,
    upstream: Upstream,
    restless: None,
    endpoint_id: str,
    make: Make,
    tmp_path: Path,
) -> None:
    upstream.stop()
    body = numbered(endpoint_id, 2)
    body["BatchItem"]["other-" + endpoint_id] = {"Endpoint": {"OptOut": "ALL"}, "Events": {}}
    gateway.produce(message(APPLICATION, body), attempt=MAX_ATTEMPTS - 1)

    [dead] = eventually(gateway.dead_letters)
    assert json.loads(dead["Body"]) == {"ApplicationId": APPLICATION, "EventsRequest": body}
    eventually(lambda: gateway.waiting() == 0)

    file = tmp_path / "dead.jsonl"
    listed = make("dead-letters", f"--export={file}").splitlines()
    [exported] = map(json.loads, file.read_text().splitlines())
    why = f"Given up after attempt {MAX_ATTEMPTS}: Nothing of it could be delivered."
    assert listed[2].endswith(
        f" | {MAX_ATTEMPTS:>5} | {2:>6} | {APPLICATION:<11} | {exported['Reason']}"
    )
    assert listed[3:] == ["Dead letters: 1"]
    assert exported["Reason"].startswith(why)
    assert (exported["Body"], exported["Events"]) == (dead["Body"], 2)
    assert exported["DeadSince"] >= exported["ArrivedAt"]

    upstream.recover()
    printed = make("redrive", "--yes")
    assert printed == f"Dead letters moved back to {gateway.queue}: 1\n"

    eventually(lambda: len(upstream.accepted) == 2 and gateway.waiting() == 0)
    assert set(upstream.accepted.values()) == {1}
    [call] = upstream.calls
    assert call.batch_item == body["BatchItem"]
    assert gateway.dead_letters() == []
    assert make("dead-letters") == "Dead letters: 0\n"


def test_what_the_function_never_ends_with_is_given_up_by_sqs(
    gateway: Gateway, upstream: Upstream, endpoint_id: str, few_tries: None, make: Make
) -> None:
    upstream.stop()
    gateway.put_events(numbered(endpoint_id, 1))

    eventually(gateway.dead_letters)

    listed = make("dead-letters").splitlines()
    assert "SQS gave it up" in listed[2]


def _one_event(event_id: str, item: dict[str, object] | None) -> Behaviour:
    """Answer that event with the item, the others with 202."""

    def answer(key: EventKey) -> dict[str, object] | None:
        return item if key[2] == event_id else ACCEPTED

    def behaviour(call: Call) -> Reply:
        return respond(call, answer)

    return behaviour
