"""PutEvents in, EventsResponse out, through the deployed API."""

import gzip
import json

import pytest

from tests.deployed.bodies import EVENT, REQUESTS, load, numbered, request
from tests.deployed.deployed_gateway import APPLICATION, Gateway
from tests.deployed.putevents_server import ACCEPTED, Upstream

LIMIT = 4 * 1024 * 1024
MIXED = "good-and-bad.json"
GOOD = sorted(file.name for file in REQUESTS.glob("*.json") if file.name != MIXED)
OK = (202, "Accepted")


@pytest.mark.parametrize("name", GOOD)
def test_what_each_client_sends_is_accepted_and_forwarded(
    gateway: Gateway, upstream: Upstream, name: str
) -> None:
    body = load(name)

    answer = gateway.put_events(body)

    assert answer.status == 202
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json == {
        "Results": {
            endpoint_id: {
                "EndpointItemResponse": ACCEPTED,
                "EventsItemResponse": dict.fromkeys(batch["Events"], ACCEPTED),
            }
            for endpoint_id, batch in body["BatchItem"].items()
        }
    }
    assert upstream.events() == {
        (APPLICATION, endpoint_id, event_id): event
        for endpoint_id, batch in body["BatchItem"].items()
        for event_id, event in batch["Events"].items()
    }
    [call] = upstream.calls
    assert {e: b["Endpoint"] for e, b in call.batch_item.items()} == {
        e: b["Endpoint"] for e, b in body["BatchItem"].items()
    }


def test_bad_events_are_rejected_alone_and_their_neighbours_are_forwarded(
    gateway: Gateway, upstream: Upstream
) -> None:
    answer = gateway.put_events(load(MIXED))

    assert answer.status == 202
    assert answer.items == {
        "good": OK,
        "no-type": (400, "Missing EventType (EventType)"),
        "long-key": (
            400,
            "Event attribute key length should be less than 50."
            " (Attributes.a-key-that-is-one-character-longer-than-fifty-chars)",
        ),
        "still-good": OK,
    }
    endpoints = {e: i["EndpointItemResponse"] for e, i in answer.json["Results"].items()}
    assert endpoints == {
        "phone-1": ACCEPTED,
        "phone-2": {"StatusCode": 400, "Message": "Missing ChannelType (Address)"},
    }
    assert {event_id for _, _, event_id in upstream.events()} == {"good", "still-good"}
    [call] = upstream.calls
    assert call.batch_item["phone-2"]["Endpoint"] == {}


def test_250_events_in_one_request_are_forwarded_in_calls_of_100(
    gateway: Gateway, upstream: Upstream, endpoint_id: str
) -> None:
    answer = gateway.put_events(numbered(endpoint_id, 250))

    assert answer.status == 202
    assert answer.items == {str(number): OK for number in range(250)}
    assert [len(call.events) for call in upstream.calls] == [100, 100, 50]
    assert sum(upstream.accepted.values()) == len(upstream.accepted) == 250


def test_a_request_of_exactly_4_mb_is_taken(gateway: Gateway, endpoint_id: str) -> None:
    answer = gateway.put_events(_padded(endpoint_id, LIMIT))

    assert (answer.status, answer.items) == (202, {"0": OK})


@pytest.mark.parametrize("compress", [False, True])
def test_one_byte_more_than_4_mb_is_too_large(
    gateway: Gateway, upstream: Upstream, endpoint_id: str, compress: bool
) -> None:
    body = _padded(endpoint_id, LIMIT + 1)

    answer = gateway.put_events(gzip.compress(body) if compress else body)

    assert answer.status == 413
    assert answer.headers["x-amzn-ErrorType"] == "PayloadTooLargeException"
    assert answer.json["Message"] == "Request size should be at most 4 MB."
    assert upstream.calls == []


def test_a_gzipped_body_of_exactly_4_mb_is_taken(gateway: Gateway, endpoint_id: str) -> None:
    answer = gateway.put_events(gzip.compress(_padded(endpoint_id, LIMIT)))

    assert (answer.status, answer.items) == (202, {"0": OK})


@pytest.mark.parametrize("content_type", ["text/plain;charset=UTF-8", "application/x-amz-json-1.1"])
def test_the_content_type_does_not_matter(
    gateway: Gateway, endpoint_id: str, content_type: str
) -> None:
    path = f"/v1/apps/{APPLICATION}/events/legacy"
    body = json.dumps(numbered(endpoint_id, 1)).encode()

    answer = gateway.call(path, body, headers={"Content-Type": content_type})

    assert (answer.status, answer.items) == (202, {"0": OK})


def test_any_text_comes_out_as_it_went_in(
    gateway: Gateway, upstream: Upstream, endpoint_id: str
) -> None:
    event = EVENT | {"Attributes": {"naïve ☕": "\u0000 \u2028 𝄞 </script>"}}

    answer = gateway.put_events(request(endpoint_id, {"Ünïcode ✓": event}))

    assert answer.items == {"Ünïcode ✓": OK}
    assert upstream.events() == {(APPLICATION, endpoint_id, "Ünïcode ✓"): event}


def _padded(endpoint_id: str, size: int) -> bytes:
    return json.dumps(numbered(endpoint_id, 1)).encode().ljust(size)
