"""Promises 1 to 5 and 7 as properties: any mixture of good, bad, failing and empty, at any door."""

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.doors import (
    ACCEPTED,
    Context,
    Doors,
    FakeDestination,
    FakeQueue,
    LateContext,
    http_event,
    sqs_record,
)

APP = "my-app"
GOOD = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
GOOD_EVENTS: list[Any] = [GOOD, {**GOOD, "Attributes": {"k": "v"}}]
GOOD_ENDPOINTS: list[Any] = [{}, {"OptOut": "ALL"}, {"User": {"UserId": "u"}}]
EVENTS = st.sampled_from([*GOOD_EVENTS, {}, None, {**GOOD, "Metrics": {"m": "x"}}])
ENDPOINTS = st.sampled_from([*GOOD_ENDPOINTS, {"Address": "x"}, 5, {"Metrics": {"x" * 51: 1}}])
IDS = st.sampled_from(["", "a", "b", "c", "$", "é", "\ud800"])
BATCH = st.fixed_dictionaries(
    {"Endpoint": ENDPOINTS, "Events": st.dictionaries(IDS, EVENTS, max_size=6)}
)
BATCH_ITEM = st.dictionaries(IDS, st.one_of(BATCH, BATCH, BATCH, st.sampled_from([None, 5, {}])))
CODES = st.dictionaries(IDS, st.sampled_from([202, 400, 429, 500, None]))


@dataclass(frozen=True)
class World:
    """How a destination and a queue behave."""

    codes: dict[str, int | None]
    endpoint_codes: dict[str, int | None]
    is_down: bool
    queue_broken: bool
    keeps_rejected: bool
    is_late: bool

    @property
    def is_well(self) -> bool:
        """Whether the destination is asked and answers."""
        return not (self.is_down or self.is_late)

    def doors(self) -> tuple[Doors, FakeDestination, FakeQueue]:
        destination = FakeDestination(
            codes=self.codes,
            endpoint_codes=self.endpoint_codes,
            is_down=self.is_down,
            keeps_rejected=self.keeps_rejected,
        )
        queue = FakeQueue(broken=self.queue_broken)
        return Doors(destination, queue), destination, queue

    @property
    def context(self) -> Any:
        return LateContext() if self.is_late else Context()


RARELY = st.sampled_from([False, False, False, True])
WORLDS = st.builds(World, CODES, CODES, RARELY, RARELY, st.booleans(), RARELY)


def is_id(text: str) -> bool:
    return text not in ("", "$", "\ud800")


def parts(batch_item: dict[str, Any]) -> dict[tuple[str, str | None], bool]:
    """Each part of a request, and whether it keeps the rules."""
    found: dict[tuple[str, str | None], bool] = {}
    for endpoint_id, batch in batch_item.items():
        if not isinstance(batch, dict) or "Events" not in batch:
            found[endpoint_id, None] = False
            continue
        known = is_id(endpoint_id)
        found[endpoint_id, None] = known and batch["Endpoint"] in GOOD_ENDPOINTS
        for event_id, event in batch["Events"].items():
            is_good = event in GOOD_EVENTS and event_id != "\ud800"
            found[endpoint_id, event_id] = known and is_good
    return found


def held(
    destination: FakeDestination, queue: FakeQueue
) -> tuple[list[tuple[str, str | None]], list[tuple[str, str | None]]]:
    """The parts that the destination has, and those that the queue has."""
    delivered: list[tuple[str, str | None]] = [(e, i) for _, e, i in destination.delivered]
    delivered += [(endpoint_id, None) for _, endpoint_id in destination.updated]
    queued: list[tuple[str, str | None]] = [(e, i) for _, e, i in queue.events]
    queued += [
        (endpoint_id, None)
        for _, batch_item, _ in queue.queued
        for endpoint_id, batch in batch_item.items()
        if batch.endpoint is not None
    ]
    return delivered, queued


def check_answers(
    asked: dict[tuple[str, str | None], bool],
    answers: dict[tuple[str, str | None], int],
    world: World,
    destination: FakeDestination,
    queue: FakeQueue,
) -> None:
    """Hold the answers for all parts of a request against what became of them."""
    delivered, queued = held(destination, queue)
    assert answers.keys() == asked.keys()  # promise 4
    for part, status in answers.items():
        endpoint_id, event_id = part
        codes = world.endpoint_codes if event_id is None else world.codes
        code = codes.get(endpoint_id if event_id is None else event_id, 202)
        if status == 202:  # promise 1
            # An empty endpoint exists once an event of it was taken.
            taken = event_id is None and code is None and endpoint_id in {e for e, _ in delivered}
            assert part in delivered or part in queued or taken
        elif status == 500:  # promise 2: only if the queue failed too
            assert world.queue_broken
            assert part not in delivered
        else:  # promises 2 and 5
            assert not asked[part] or (code == 400 and world.is_well)
            assert part not in queued
        if not asked[part]:
            assert status == 400
            assert part not in delivered
        elif world.is_well and code == 202:  # promise 3
            assert part in delivered
            assert part not in queued  # promise 5
    assert len(destination.calls) <= 1  # promise 7
    assert len(delivered) == len(set(delivered))


@given(BATCH_ITEM, WORLDS)
def test_put_events_keeps_the_promises(batch_item: dict[str, Any], world: World) -> None:
    doors, destination, queue = world.doors()
    response = doors.api(http_event({"BatchItem": batch_item}), world.context)
    results = json.loads(response["body"])["Results"]

    assert response["statusCode"] == 202
    assert set(results) == set(batch_item)
    answers: dict[tuple[str, str | None], int] = {}
    for endpoint_id, item in results.items():
        answers[endpoint_id, None] = item["EndpointItemResponse"]["StatusCode"]
        for event_id, answer in item["EventsItemResponse"].items():
            answers[endpoint_id, event_id] = answer["StatusCode"]
        for answer in (item["EndpointItemResponse"], *item["EventsItemResponse"].values()):
            assert isinstance(answer["Message"], str)
            assert (answer["StatusCode"] == 202) == (answer == ACCEPTED)
    check_answers(parts(batch_item), answers, world, destination, queue)


@given(
    IDS.filter(lambda id_: id_ not in ("", "\ud800")), ENDPOINTS.filter(lambda e: e != 5), WORLDS
)
def test_an_update_of_an_endpoint_keeps_the_promises(
    endpoint_id: str, endpoint: Any, world: World
) -> None:
    doors, destination, queue = world.doors()
    path = f"/v1/apps/{APP}/endpoints/{endpoint_id.replace('$', '%24').replace('é', '%C3%A9')}"
    response = doors.api(http_event(endpoint, path, "PUT"), world.context)

    asked = parts({endpoint_id: {"Endpoint": endpoint, "Events": {}}})
    answers: Any = {(endpoint_id, None): response["statusCode"]}
    check_answers(asked, answers, world, destination, queue)


@given(st.lists(st.tuples(IDS, ENDPOINTS), max_size=6, unique_by=lambda item: item[0]), WORLDS)
def test_a_batch_of_endpoints_keeps_the_promises(
    items: list[tuple[str, Any]], world: World
) -> None:
    doors, destination, queue = world.doors()
    body = {"Item": [{"Id": id_, **e} if isinstance(e, dict) else e for id_, e in items]}
    response = doors.api(http_event(body, f"/v1/apps/{APP}/endpoints", "PUT"), world.context)

    asked = parts({id_: {"Endpoint": e, "Events": {}} for id_, e in items})
    delivered, queued = held(destination, queue)
    rejected = {
        (id_, None)
        for id_, _ in items
        if not asked[id_, None] or (world.is_well and world.endpoint_codes.get(id_) == 400)
    }
    assert not rejected & {*delivered, *queued}
    if response["statusCode"] == 500:
        assert world.queue_broken
    else:
        assert set(asked) - rejected == {*delivered, *queued}
        assert (response["statusCode"] == 400) == bool(rejected)
    assert len(destination.calls) <= 1


@given(st.lists(st.one_of(BATCH_ITEM, BATCH_ITEM, st.just(None)), max_size=4), WORLDS)
def test_the_queue_door_keeps_every_part_of_every_message(
    messages: list[dict[str, Any] | None], world: World
) -> None:
    doors, destination, queue = world.doors()
    # Ids of its own for each message, so that what becomes of its parts can be told.
    named = [
        None if m is None else {e and f"{e}{n}": batch for e, batch in m.items() if e}
        for n, m in enumerate(messages)
    ]
    for n, _ in enumerate(named):
        codes = {f"{e}{n}": code for e, code in world.endpoint_codes.items()}
        destination.endpoint_codes = {**destination.endpoint_codes, **codes}
    records = [
        sqs_record(
            "not json" if m is None else {"ApplicationId": APP, "EventsRequest": {"BatchItem": m}},
            f"m{n}",
        )
        for n, m in enumerate(named)
    ]
    answer = doors.queue({"Records": records}, world.context)

    stay = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    dead_whole = [body for body, _, _ in queue.dead_whole]
    delivered, queued = held(destination, queue)
    kept = [(part.endpoint_id, part.event_id) for _, part in destination.rejected]
    dead = [part for _, raw, _ in queue.dead_letters for part in parts(raw)]
    for n, m in enumerate(named):
        if f"m{n}" in stay:
            continue  # whole, for a later attempt
        if m is None:
            assert "not json" in dead_whole
            continue
        for part, is_good in parts(m).items():
            if not is_good:  # promise 5: rejected, and kept for a person
                assert part not in queued
                assert part not in delivered
                assert part in kept or part in dead
            else:  # promise 1: somebody has it
                # An empty endpoint exists once an event of it was taken.
                taken = part[1] is None and part[0] in {e for e, _ in delivered}
                assert taken or part in [*delivered, *queued, *kept, *dead]
    for part in queued:  # promise 5
        assert part not in delivered
    # Promise 7: halves of a call that failed whole are tried until the breaker opens.
    assert len(destination.calls) <= 2 * len(messages)
