"""Enriched events through the deployed API and the deployed queue."""

import gzip
import json
from typing import Any

from tests.deployed.deployed_gateway import APPLICATION, Gateway
from tests.deployed.eventually import eventually
from tests.deployed.putevents_server import Upstream

PATH = f"/v1/apps/{APPLICATION}/enriched-events"


def envelope(client_id: str, event_id: str, **others: Any) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "event_type": "checkout_done",
        "event_timestamp": 1795601402123,
        "application": {"app_id": APPLICATION, "sdk": {"name": "shop", "version": "4.2"}},
        "client": {"client_id": client_id},
        **others,
    }


def test_envelopes_are_answered_in_order_and_forwarded_as_put_events(
    gateway: Gateway, upstream: Upstream, endpoint_id: str
) -> None:
    bad = envelope(endpoint_id, "bad", attributes={"plan": 7})
    lines = [envelope(endpoint_id, "b"), bad, envelope(endpoint_id, "a")]
    body = gzip.compress("\n".join(map(json.dumps, lines)).encode())

    answer = gateway.call(PATH, body)

    assert answer.status == 202
    assert [(one["EventId"], one["StatusCode"]) for one in answer.json["Results"]] == [
        ("b", 202), ("bad", 400), ("a", 202),
    ]  # fmt: skip
    assert upstream.accepted == {(APPLICATION, endpoint_id, name): 1 for name in ("a", "b")}


def test_envelopes_of_a_message_are_delivered_and_bad_ones_are_dead_letters(
    gateway: Gateway, upstream: Upstream, endpoint_id: str
) -> None:
    bad = envelope(endpoint_id, "bad", attributes={"plan": 7})
    found = [envelope(endpoint_id, "a"), bad]

    gateway.produce(json.dumps({"ApplicationId": APPLICATION, "EnrichedEvents": found}))

    [dead] = eventually(gateway.dead_letters)
    assert json.loads(dead["Body"]) == {"ApplicationId": APPLICATION, "EnrichedEvents": [bad]}
    assert upstream.accepted == {(APPLICATION, endpoint_id, "a"): 1}
    eventually(lambda: gateway.waiting() == 0)
