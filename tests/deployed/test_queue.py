"""The queue as a door: producers' messages, good, poisonous and half good."""

import json

from tests.deployed.bodies import EVENT, message, numbered, request
from tests.deployed.deployed_gateway import APPLICATION, Gateway
from tests.deployed.eventually import eventually
from tests.deployed.putevents_server import Upstream


def test_of_a_batch_with_a_poison_message_only_that_is_dead_lettered(
    gateway: Gateway, upstream: Upstream, endpoint_id: str
) -> None:
    good = [message(APPLICATION, request(endpoint_id, {name: EVENT})) for name in ("a", "b")]
    poison = '{"ApplicationId": "my-app", "EventsRequest": '

    gateway.produce(good[0], poison, good[1])

    [dead] = eventually(gateway.dead_letters)
    assert dead["Body"] == poison
    assert dead["MessageAttributes"]["Reason"]["StringValue"] == "The body is not valid JSON."
    assert upstream.accepted == {(APPLICATION, endpoint_id, name): 1 for name in ("a", "b")}
    eventually(lambda: gateway.waiting() == 0)


def test_messages_for_an_application_not_served_are_dead_lettered_whole(
    gateway: Gateway, upstream: Upstream, endpoint_id: str
) -> None:
    body = message("other", numbered(endpoint_id, 2))

    gateway.produce(body)

    [dead] = eventually(gateway.dead_letters)
    assert dead["Body"] == body
    assert upstream.calls == []


def test_of_a_message_the_refused_events_are_dead_lettered_and_the_others_delivered_once(
    gateway: Gateway, upstream: Upstream, endpoint_id: str
) -> None:
    bad = {"EventType": "no time"}
    events = {"good": EVENT, "bad": bad}

    gateway.produce(message(APPLICATION, request(endpoint_id, events)))

    [dead] = eventually(gateway.dead_letters)
    assert json.loads(dead["Body"]) == {
        "ApplicationId": APPLICATION,
        "EventsRequest": request(endpoint_id, {"bad": bad}),
    }
    assert dead["MessageAttributes"]["Reason"]["StringValue"] == "Missing Timestamp"
    assert upstream.accepted == {(APPLICATION, endpoint_id, "good"): 1}
    eventually(lambda: gateway.waiting() == 0)


def test_what_aws_pinpoint_put_events_takes_as_cli_input_is_a_message(
    gateway: Gateway, upstream: Upstream, endpoint_id: str
) -> None:
    gateway.produce(message(APPLICATION, numbered(endpoint_id, 250)))

    eventually(lambda: len(upstream.accepted) == 250 and gateway.waiting() == 0)
    assert set(upstream.accepted.values()) == {1}
