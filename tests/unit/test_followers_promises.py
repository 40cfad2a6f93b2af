"""The promises as properties of several destinations, any of which fails in any way."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from putevents.call_deadline import at_most
from putevents.queue.messages import Rest
from putevents.time_left import DELIVERY_SECONDS, TimeLeft
from putevents.wire.arrival import Arrivals
from putevents.wire.schemas import ValidBatch
from tests.unit.doors import (
    Context,
    FakeDestination,
    FakeQueue,
    FollowedDoors,
    http_event,
    sqs_record,
)
from tests.unit.test_promises import APP, BATCH_ITEM, CODES, RARELY, parts

Part = tuple[str, str | None]
MOODS = ["well", "well", "partly", "partly", "down", "half an answer", "hanging", "rubbish"]


class Clock:
    """Time that passes only where something hangs."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Drawn(FakeDestination):
    """A destination in a mood."""

    mood: str = "well"
    clock: Clock = field(default_factory=Clock)
    has: Counter[Part] = field(default_factory=Counter)
    stored_with: list[Any] = field(default_factory=list)  # the endpoints of its events

    def deliver(
        self,
        application_id: str,
        batch_item: dict[str, ValidBatch],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> Any:
        if self.mood == "hanging":
            self.clock.now += at_most(DELIVERY_SECONDS)
            return {}
        if self.mood == "rubbish":
            return {id_: {"EventsItemResponse": 5} for id_ in batch_item}
        self.is_down = self.mood == "down"
        asked = batch_item
        if self.mood == "half an answer":
            asked = dict(list(batch_item.items())[: len(batch_item) // 2])
        known = {id_: arrivals[id_] for id_ in asked}
        answers: Any = super().deliver(application_id, asked, known, time_left)
        for endpoint_id, batch in asked.items():
            told = answers[endpoint_id]["EventsItemResponse"].items()
            self.has.update((endpoint_id, i) for i, it in told if it["StatusCode"] == 202)
            endpoint = answers[endpoint_id].get("EndpointItemResponse", {})
            if batch.endpoint is not None and endpoint.get("StatusCode") == 202:
                self.has[endpoint_id, None] += 1
            if self.tells_endpoints and self.takes_endpoints:
                answers[endpoint_id]["Stored"] = batch.stored or {"Id": endpoint_id}
            if not self.takes_endpoints:
                assert batch.endpoint is None
                assert batch.events
                self.stored_with.append(batch.stored)
        return answers


@dataclass
class DrawnQueue(FakeQueue):
    """A queue that does not take what goes toward some destinations, nor any dead letters."""

    takes_no: frozenset[str] = frozenset()
    rests: list[Rest] = field(default_factory=list)
    dead: list[Rest] = field(default_factory=list)

    def queue(
        self, rests: Sequence[Rest], time_left: TimeLeft
    ) -> list[list[dict[str, ValidBatch]]]:
        taken = [rest for rest in rests if not self.takes_no & {*rest.destinations}]
        self.rests += taken
        return [[] if rest in taken else [rest.batch_item] for rest in rests]

    def dead_letter(
        self, rest: Rest, raw: dict[str, Any], reason: str, time_left: TimeLeft
    ) -> bool:
        if not self.broken:
            self.dead.append(rest)
        return super().dead_letter(rest, raw, reason, time_left)


@dataclass(frozen=True)
class World:
    """Several destinations and a queue, and how they behave."""

    home: str
    followers: list[str]
    moods: list[str]
    codes: list[dict[str, int | None]]
    endpoint_codes: list[dict[str, int | None]]
    takes_no: frozenset[str]
    takes_no_dead: bool
    keeps_rejected: bool

    @contextmanager
    def doors(self) -> Iterator[tuple[FollowedDoors, dict[str, Drawn], DrawnQueue]]:
        clock = Clock()
        names = [self.home, *(name for name in self.followers if name != self.home)]
        destinations = {
            name: Drawn(
                codes=self.codes[number],
                endpoint_codes=self.endpoint_codes[number],
                takes_endpoints=name not in ("stream", "bus"),
                tells_endpoints=name != "pinpoint",
                keeps_rejected=self.keeps_rejected,
                mood=self.moods[number],
                clock=clock,
            )
            for number, name in enumerate(names)
        }
        queue = DrawnQueue(broken=self.takes_no_dead, takes_no=self.takes_no)
        with ExitStack() as patches:
            for module in ("time_left", "ingest.turns", "call_deadline"):
                patches.enter_context(patch(f"putevents.{module}.monotonic", clock))
            yield FollowedDoors(destinations, queue), destinations, queue


NAMES = ["lake", "stream", "bus", "pinpoint"]
WORLDS = st.builds(
    World,
    st.sampled_from(["lake", "pinpoint"]),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
    st.lists(st.sampled_from(MOODS), min_size=4, max_size=4),
    st.lists(CODES, min_size=4, max_size=4),
    st.lists(CODES, min_size=4, max_size=4),
    st.one_of(st.just(frozenset[str]()), st.frozensets(st.sampled_from(NAMES))),
    RARELY,
    st.booleans(),
)


def is_said(batch: Any) -> bool:
    """Whether a batch as it came says anything of its endpoint."""
    return not isinstance(batch, dict) or bool(batch.get("Endpoint", True))


def parts_of(batch_item: dict[str, ValidBatch]) -> set[Part]:
    events: set[Part] = {(id_, i) for id_, batch in batch_item.items() for i in batch.events}
    return events | {(id_, None) for id_, b in batch_item.items() if b.endpoint is not None}


def held(name: str, rests: list[Rest]) -> Counter[Part]:
    """What waits, or lies dead, toward a destination."""
    return Counter(
        part
        for rest in rests
        if name in (rest.destinations or [name])
        for part in parts_of(rest.batch_item)
    )


def code_of(destination: Drawn, part: Part) -> int | None:
    endpoint_id, event_id = part
    if event_id is None:
        return destination.endpoint_codes.get(endpoint_id, 202)
    return destination.codes.get(event_id, 202)


def check_held(
    part: Part,
    destinations: dict[str, Drawn],
    names: Sequence[str],
    queue: DrawnQueue,
    sent: dict[str, Any],
) -> bool:
    """Whether each destination that takes a part has it, or something holds it for that one."""
    all_held = True
    endpoint_id, event_id = part
    for name in names:
        destination = destinations[name]
        waits, dead = held(name, queue.rests)[part], held(name, queue.dead)[part]
        has = destination.has[part]
        if event_id is None and not has and sent:
            # An empty endpoint exists once an event of it was taken.
            empty = sent[endpoint_id]["Endpoint"] == {}
            has = int(empty and any(e == endpoint_id and i is not None for e, i in destination.has))
        if event_id is not None:
            assert destination.has[part] + waits + dead <= 1  # nothing twice, nothing repeated
        if event_id is None and not destination.takes_endpoints:
            continue
        all_held &= bool(has or waits or dead)
    return all_held


@settings(deadline=None)
@given(BATCH_ITEM, WORLDS)
def test_put_events_is_true_of_each_destination(batch_item: dict[str, Any], world: World) -> None:
    with world.doors() as (doors, destinations, queue):
        response = doors.api(http_event({"BatchItem": batch_item}), Context())
    assert response["statusCode"] == 202
    results = json.loads(response["body"])["Results"]
    home, *followers = destinations
    asked = parts(batch_item)
    answers: dict[Part, int] = {}
    for endpoint_id, item in results.items():
        answers[endpoint_id, None] = item["EndpointItemResponse"]["StatusCode"]
        for event_id, answer in item["EventsItemResponse"].items():
            answers[endpoint_id, event_id] = answer["StatusCode"]
    assert answers.keys() == asked.keys()  # promise 4
    for part, status in answers.items():
        if status == 202:  # promise 1
            assert check_held(part, destinations, [*destinations], queue, batch_item)
        elif status == 500:  # promise 2: some destination lacks it, and the queue did not take it
            assert not check_held(part, destinations, [*destinations], queue, {})
            assert world.takes_no
        else:  # promise 2: nobody but home rejects
            assert not asked[part] or code_of(destinations[home], part) == 400
            for name in destinations:  # promise 5: it goes nowhere
                assert not destinations[name].has[part]
                assert not held(name, queue.rests)[part] + held(name, queue.dead)[part]
    assert all(len(each.calls) <= 1 for each in destinations.values())  # promise 7
    for name in followers:  # promise 8: an event has an endpoint, and it is home's if home tells it
        told = destinations[home].tells_endpoints and destinations[home].mood in ("well", "partly")
        for stored in destinations[name].stored_with:
            known = {"Id": stored["Id"], "ApplicationId": APP}
            assert stored == known if told else stored["Id"]


MESSAGES = st.lists(
    st.tuples(BATCH_ITEM, st.one_of(st.just(None), st.lists(st.sampled_from(NAMES), min_size=1))),
    max_size=4,
)


@settings(deadline=None)
@given(MESSAGES, WORLDS)
def test_a_message_goes_only_where_it_is_lacked(
    messages: list[tuple[dict[str, Any], list[str] | None]], world: World
) -> None:
    # Ids of its own for each message, so that what becomes of its parts can be told.
    named = [
        ({f"{e}{n}": batch for e, batch in items.items() if e}, toward)
        for n, (items, toward) in enumerate(messages)
    ]
    with world.doors() as (doors, destinations, queue):
        for each in destinations.values():
            codes = each.endpoint_codes.items()
            each.endpoint_codes = {f"{e}{n}": c for n, _ in enumerate(named) for e, c in codes}
        records = [
            sqs_record(
                {"ApplicationId": APP, "EventsRequest": {"BatchItem": items}},
                f"m{n}",
                Destinations=",".join(toward or []),
            )
            for n, (items, toward) in enumerate(named)
        ]
        answer = doors.queue({"Records": records}, Context())

    stay = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    dead_whole = [json.loads(body)["EventsRequest"]["BatchItem"] for body, _, _ in queue.dead_whole]
    home = next(iter(destinations))
    kept = [(part.endpoint_id, part.event_id) for _, part in destinations[home].rejected]
    dead = [part for _, raw, _ in queue.dead_letters for part in parts(raw)]
    for n, (items, toward) in enumerate(named):
        lacking = [*destinations] if toward is None else toward
        for part in parts(items):
            for name, destination in destinations.items():  # nothing is repeated elsewhere
                assert name in lacking or not destination.has[part]
        if f"m{n}" in stay:
            if not (world.takes_no or world.takes_no_dead):
                # Whole, for a later attempt, so nobody has any of it but endpoints that are empty.
                said = [p for p in parts(items) if p[1] is not None or is_said(items[p[0]])]
                assert not any(each.has[part] for each in destinations.values() for part in said)
            continue
        if items and items in dead_whole:
            assert not {*lacking} & {*destinations}
            continue
        for part, is_good in parts(items).items():
            if not is_good:
                assert part in kept or part in dead
            elif part not in kept and part not in dead:
                here = [name for name in lacking if name in destinations]
                assert check_held(part, destinations, here, queue, items)
                for name in {*lacking} - {*here}:  # a destination that was taken away
                    assert held(name, [*queue.dead, *queue.rests])[part] or part[1] is None
