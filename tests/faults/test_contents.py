"""Not only whether events are there: what is stored of events and endpoints, after any faults.

The destination is the laptop's, with the endpoint rules of all stores, behind a layer that fails.
"""

import json
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from local.database import FILE, Database
from local.sqlite_destination import LocalDestination
from putevents.wire.arrival import Arrivals
from putevents.wire.schemas import StoredItemResponse, ValidBatch
from tests.faults.edges import QUEUE
from tests.faults.lab import running_lab
from tests.faults.ledger import Told

APPLICATION = "my-app"
ENDPOINTS = ["a", "b", "c", "d"]
MEMBERS = ["plan", "score", "OptOut"]
Answers = dict[str, StoredItemResponse]
SETTINGS = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def _nothing(do: Callable[[Any], Answers], batch_item: Any, chance: Random) -> Answers:
    raise OSError


def _all_unsaid(do: Callable[[Any], Answers], batch_item: Any, chance: Random) -> Answers:
    do(batch_item)
    raise OSError


def _some(do: Callable[[Any], Answers], batch_item: Any, chance: Random) -> Answers:
    """Some endpoints' parts are stored, and of some of these only the events are told."""
    answers = do({id_: batch for id_, batch in batch_item.items() if chance.random() < 0.5})
    for answer in answers.values():
        if chance.random() < 0.3:
            del answer["EndpointItemResponse"]  # type: ignore[misc]
    return answers


def _some_events(do: Callable[[Any], Answers], batch_item: Any, chance: Random) -> Answers:
    """Some events are stored, with their endpoints."""
    return do(
        {
            id_: ValidBatch(
                batch.endpoint,
                {key: event for key, event in batch.events.items() if chance.random() < 0.5},
            )
            for id_, batch in batch_item.items()
        }
    )


FAULTS: dict[str, Any] = {
    "well": lambda do, batch_item, _: do(batch_item),
    "nothing": _nothing,
    "all, unsaid": _all_unsaid,
    "some": _some,
    "some events": _some_events,
}


class Unreliable(LocalDestination):
    """Fails as `fault` says."""

    fault = "well"

    def __init__(self, database: Database, chance: Random) -> None:
        super().__init__(database)
        self._chance = chance

    def deliver(
        self,
        application_id: str,
        batch_item: dict[str, ValidBatch],
        arrivals: Arrivals,
        *others: Any,
    ) -> Answers:
        def do(part: dict[str, ValidBatch]) -> Answers:
            return LocalDestination.deliver(self, application_id, part, arrivals, *others)

        answers: Answers = FAULTS[self.fault](do, batch_item, self._chance)
        return answers


class Contents(RuleBasedStateMachine):
    """Clients whose requests hold several endpoints, each told apart by what it says."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.lab = self._stack.enter_context(running_lab(2026))
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        self.database = Database(Path(folder) / FILE)
        self._stack.callback(self.database.close)
        self.destination = Unreliable(self.database, self.lab.world.chance)
        self.lab.destination = self.destination
        self.lab.redeploy()
        self._numbers = count(1)
        # By event id what was sent, and when; by endpoint and member the values, oldest first, and
        # whether the client was told that one is accepted.
        self.events: dict[str, tuple[str, Any, set[int]]] = {}
        self.values: dict[tuple[str, str], list[tuple[Any, bool]]] = {}

    @rule(
        parts=st.dictionaries(
            st.sampled_from(ENDPOINTS),
            st.tuples(st.sets(st.sampled_from(MEMBERS)), st.integers(0, 3)),
            min_size=1,
        ),
        fault=st.sampled_from(list(FAULTS)),
        queue=st.sampled_from(["well", "well", *QUEUE]),
        death=st.none() | st.none() | st.integers(0, 3),
    )
    def a_client_sends(
        self, parts: dict[str, tuple[set[str], int]], fault: str, queue: str, death: int | None
    ) -> None:
        self.lab.world.now += 1
        request: Any = {"BatchItem": {}}
        for id_, (members, events) in sorted(parts.items()):
            said = {member: self._value(member) for member in sorted(members)}
            request["BatchItem"][id_] = {
                "Endpoint": _endpoint(said),
                "Events": dict(self._event(id_) for _ in range(events)),
            }
        self._suffer(fault, queue, death)
        results = self.lab.put(APPLICATION, request)
        for id_, (members, _) in parts.items():
            answer = results.get(id_, {}).get("EndpointItemResponse", {})
            for member in members:
                value = _said(request["BatchItem"][id_]["Endpoint"], member)
                is_accepted = answer.get("StatusCode") == 202
                self.values.setdefault((id_, member), []).append((value, is_accepted))

    @rule(
        fault=st.sampled_from(list(FAULTS)),
        queue=st.sampled_from(["well", *QUEUE]),
        death=st.none() | st.integers(0, 5),
        forget=st.booleans(),
    )
    def the_queue_door_works(self, fault: str, queue: str, death: int | None, forget: bool) -> None:
        self._suffer(fault, queue, death)
        self.lab.work(forget=forget)

    @rule(seconds=st.sampled_from([10, 600, 10_000, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.lab.world.now += seconds

    def teardown(self) -> None:
        try:
            self.destination.fault = "well"
            # No client sends again here: what it was told to is known to be in doubt.
            self.lab.world.recover()
            for _ in range(1000):
                if not any(self.lab.queues.counts("queue")):
                    break
                self.lab.world.now += 900
                self.lab.work()
            self._check_endpoints()
            self._check_events()
        finally:
            self._stack.close()

    def _check_endpoints(self) -> None:
        for (id_, member), values in self.values.items():
            accepted = [number for number, (_, is_accepted) in enumerate(values) if is_accepted]
            newest = accepted[-1] if accepted else 0
            # One that was not accepted may have been stored all the same; none older than the
            # newest that was.
            possible = [value for value, _ in values[newest:]] + [None] * (not accepted)
            if not accepted:  # an endpoint that says nothing of it is shown as opted out
                possible += [value for value, _ in values] + ["ALL"] * (member == "OptOut")
            stored: Any = self.destination.get_endpoint(APPLICATION, id_) or {}
            assert _said(stored, member) in possible, (id_, member, values)

    def _check_events(self) -> None:
        with self.database.transaction() as connection:
            rows = connection.execute(
                "SELECT endpoint_id, event_id, event, record, arrival_timestamp FROM events"
            ).fetchall()
        for endpoint_id, event_id, event, record, arrived in rows:
            sent_by, sent, arrivals = self.events[event_id]
            assert (endpoint_id, json.loads(event)) == (sent_by, sent)
            assert arrived in arrivals
            found = json.loads(record)
            assert found["arrival_timestamp"] == arrived
            assert found["attributes"] == sent["Attributes"]
        stored = {event_id for _, event_id, *_ in rows}
        told = self.lab.ledger.told.items()
        accepted = {key[2] for key, answer in told if answer is Told.ACCEPTED}
        assert accepted <= stored

    def _suffer(self, fault: str, queue: str, death: int | None) -> None:
        self.destination.fault = fault
        self.lab.world.queue = QUEUE[queue]
        self.lab.world.die_after(death)

    def _value(self, member: str) -> Any:
        number = next(self._numbers)
        return {"plan": [f"v{number}"], "score": float(number)}.get(
            member, ["ALL", "NONE"][number % 2]
        )

    def _event(self, endpoint_id: str) -> tuple[str, Any]:
        event_id = f"event-{next(self._numbers)}"
        event = {
            "EventType": "a",
            "Timestamp": "2026-11-24T10:00:00Z",
            "Attributes": {"id": event_id},
        }
        self.events[event_id] = endpoint_id, event, {int(self.lab.world.now * 1000)}
        return event_id, event


def _endpoint(said: dict[str, Any]) -> dict[str, Any]:
    endpoint: dict[str, Any] = {}
    if "plan" in said:
        endpoint["Attributes"] = {"plan": said["plan"]}
    if "score" in said:
        endpoint["Metrics"] = {"score": said["score"]}
    if "OptOut" in said:
        endpoint["OptOut"] = said["OptOut"]
    return endpoint


def _said(endpoint: dict[str, Any], member: str) -> Any:
    """A member of an endpoint, as it was sent or as it is stored."""
    if member == "OptOut":
        return endpoint.get("OptOut")
    return endpoint.get({"plan": "Attributes", "score": "Metrics"}[member], {}).get(member)


def test_what_is_stored_is_what_was_sent_and_the_newest_of_it() -> None:
    run_state_machine_as_test(Contents, settings=SETTINGS)
