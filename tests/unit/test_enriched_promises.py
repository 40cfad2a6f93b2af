"""Promises 1 to 5 and 7 as properties of enriched events, over HTTPS and from the queue."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.doors import FakeDestination, FakeQueue, http_event, sqs_record
from tests.unit.enriched_samples import PATH, envelope
from tests.unit.test_promises import WORLDS, World

CLIENTS = st.sampled_from(["a", "b", "c", "A", "é"])
USERS = st.sampled_from([None, None, "u", "v", ""])
BAD: list[Any] = [
    12, None, {}, {"event_type": "x"}, envelope("a", event_type=None), envelope("$"),
    envelope("b", attributes={"k": 1}), envelope("a", application={"app_id": "other-app"}),
]  # fmt: skip
ENVELOPES = st.lists(
    st.one_of(
        st.builds(lambda client, user: envelope(client, user_id=user), CLIENTS, USERS),
        st.builds(lambda client, user: envelope(client, user_id=user), CLIENTS, USERS),
        st.sampled_from(BAD),
    ),
    max_size=8,
)


def named(found: list[Any]) -> list[Any]:
    """Envelopes with an id each, where one has a place for it."""
    return [
        {**one, "event_id": f"{'abcé'[n % 4]}{n}"} if isinstance(one, dict) else one
        for n, one in enumerate(found)
    ]


def sides(
    destination: FakeDestination, queue: FakeQueue
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The events that the destination has, and those that the queue has."""
    delivered = [(e.casefold(), i) for _, e, i in destination.delivered]
    return delivered, [(e.casefold(), i) for _, e, i in queue.events]


def spread(world: World, found: list[Any]) -> World:
    """The world with a code for each event's id, by its letter."""
    ids = [one["event_id"] for one in found if isinstance(one, dict)]
    codes = {id_: world.codes[id_[0]] for id_ in ids if id_[0] in world.codes}
    return World(
        codes, world.endpoint_codes, world.is_down, world.queue_broken,
        world.keeps_rejected, world.is_late,
    )  # fmt: skip


def states(found: list[Any]) -> int:
    """At most how many calls there are: one for each time that an endpoint's user changes."""
    return 1 + sum(isinstance(one, dict) for one in found)


@given(ENVELOPES, WORLDS, st.booleans())
def test_enriched_events_keep_the_promises(found: list[Any], world: World, as_lines: bool) -> None:
    found = named(found)
    world = spread(world, found)
    doors, destination, queue = world.doors()
    body = "\n".join(map(json.dumps, found)) if as_lines and len(found) > 1 else json.dumps(found)
    response = doors.api(http_event(body, PATH), world.context)

    if response["statusCode"] != 202:
        assert as_lines
        assert not any(isinstance(one, dict) for one in found)
        return
    results = json.loads(response["body"])["Results"]
    assert len(results) == len(found)  # promise 4
    delivered, queued = sides(destination, queue)
    for one, result in zip(found, results, strict=True):
        if isinstance(one, dict):
            assert result["EventId"] == one["event_id"]
        plain = {k: v for k, v in one.items() if k != "event_id"} if isinstance(one, dict) else one
        is_good = plain not in BAD
        status = result["StatusCode"]
        assert (status == 202) == (result["Message"] == "Accepted")
        if not is_good:
            assert status == 400
            assert result["EventId"] not in {i for _, i in (*delivered, *queued)}
            continue
        event = (one["client"]["client_id"].casefold(), one["event_id"])
        code = world.codes.get(one["event_id"], 202)
        if status == 202:  # promise 1
            assert event in delivered or event in queued
        elif status == 500:  # promise 2
            assert world.queue_broken
        else:  # promise 5
            assert code == 400
            assert world.is_well
            assert event not in queued
        if world.is_well and code == 202:  # promise 3
            assert event in delivered
            assert event not in queued
    assert len(delivered) == len(set(delivered))
    assert len(destination.calls) <= states(found)  # promise 7


@given(st.lists(ENVELOPES, max_size=3), WORLDS)
def test_the_queue_door_keeps_every_enriched_event(messages: list[list[Any]], world: World) -> None:
    found = [
        [{**one, "event_id": f"{one['event_id']}-{n}"} if isinstance(one, dict) else one
         for one in named(envelopes)]
        for n, envelopes in enumerate(messages)
    ]  # fmt: skip
    world = spread(world, [one for each in found for one in each])
    doors, destination, queue = world.doors()
    records = [
        sqs_record({"ApplicationId": "my-app", "EnrichedEvents": each}, f"m{n}")
        for n, each in enumerate(found)
    ]
    answer = doors.queue({"Records": records}, world.context)

    stay = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    delivered, queued = sides(destination, queue)
    held = {i for _, i in (*delivered, *queued)}
    kept = {part.event_id for _, part in destination.rejected}
    dead = {id_ for _, raw, _ in queue.dead_letters for b in raw.values() for id_ in b["Events"]}
    for n, each in enumerate(found):
        if f"m{n}" in stay:
            assert world.queue_broken
            continue
        for one in each:
            if isinstance(one, dict):
                assert one["event_id"] in held | kept | dead
    for event in queued:  # promise 5
        assert event not in delivered
