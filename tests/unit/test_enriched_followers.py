"""The promises as properties of enriched events that go to several destinations."""

import json
from typing import Any

from hypothesis import given, settings

from tests.unit.doors import Context, http_event, sqs_record
from tests.unit.enriched_samples import PATH
from tests.unit.test_enriched_promises import BAD, ENVELOPES, named
from tests.unit.test_followers_promises import WORLDS, Drawn, DrawnQueue, World, held


def good(envelopes: list[Any]) -> list[tuple[str, str]]:
    """The endpoint and event ids of the envelopes that break no rule."""
    found = []
    for one in envelopes:
        plain = {k: v for k, v in one.items() if k != "event_id"} if isinstance(one, dict) else one
        if plain not in BAD:
            found.append((one["client"]["client_id"], one["event_id"]))
    return found


def lacking(part: tuple[str, str], destinations: dict[str, Drawn], queue: DrawnQueue) -> list[str]:
    """The destinations that an event has not come to, and that nothing holds it for."""
    lacks = []
    for name, destination in destinations.items():
        # The first spelling of an endpoint's id stands for all.
        ids = {(part[0].lower(), part[1]), (part[0].upper(), part[1])}
        places = [destination.has, held(name, queue.rests), held(name, queue.dead)]
        count = sum(place[id_] for place in places for id_ in ids)
        assert count <= 1  # nothing twice, nothing repeated
        if not count:
            lacks.append(name)
    return lacks


@settings(deadline=None)
@given(ENVELOPES, WORLDS)
def test_enriched_events_come_to_each_destination(found: list[Any], world: World) -> None:
    found = named(found)
    with world.doors() as (doors, destinations, queue):
        response = doors.api(http_event(json.dumps(found), PATH), Context())
    assert response["statusCode"] == 202
    results = json.loads(response["body"])["Results"]
    assert len(results) == len(found)  # promise 4
    statuses = {result["EventId"]: result["StatusCode"] for result in results}
    for part in good(found):
        status, lacks = statuses[part[1]], lacking(part, destinations, queue)
        if status == 202:  # promise 1
            assert not lacks
        elif status == 500:  # promise 2: the queue did not take it, or its endpoint's update
            assert world.takes_no
        else:  # promise 5: what home rejects goes nowhere
            assert lacks == [*destinations]
    for each in destinations.values():
        assert {i for _, i in each.has if i} <= {i for _, i in good(found)}


@settings(deadline=None)
@given(ENVELOPES, WORLDS)
def test_a_message_of_enriched_events_comes_to_each_destination(
    found: list[Any], world: World
) -> None:
    found = named(found)
    with world.doors() as (doors, destinations, queue):
        record = sqs_record({"ApplicationId": "my-app", "EnrichedEvents": found}, "m")
        answer = doors.queue({"Records": [record]}, Context())
    if answer["batchItemFailures"]:
        assert world.takes_no or world.takes_no_dead
        return
    home = next(iter(destinations))
    rejected = {part.event_id for _, part in destinations[home].rejected}
    dead = {id_ for _, raw, _ in queue.dead_letters for b in raw.values() for id_ in b["Events"]}
    for part in good(found):
        lacks = lacking(part, destinations, queue)
        assert not lacks or part[1] in rejected | dead
