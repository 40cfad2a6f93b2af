"""Faults at all edges in random order, as long as hypothesis likes: the books always balance.

`EVENTS` says how many events to send at least, `SEED` makes a run come again.
"""

import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import count
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from putevents.observability import logger
from tests.faults.edges import DESTINATION, QUEUE
from tests.faults.followed_lab import FollowedLab, running_followed_lab
from tests.faults.lab import SECONDS, Lab, running_lab
from tests.faults.ledger import Balance
from tests.faults.part_edges import TABLE

EVENTS = int(os.environ.get("EVENTS", 20_000))
SEED = int(os.environ.get("SEED") or secrets.randbelow(10**6))
EXAMPLES = 20  # a round, each of up to so many steps
STEPS = 40
EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

applications = st.sampled_from(["my-app", "other-app"])
sizes = st.sampled_from([0, 1, 3, 30, 120, 400, 1200])
destinations = st.sampled_from(list(DESTINATION))
queues = st.sampled_from(["well", *QUEUE])
# Before, between or after the next outside calls, or not at all.
deaths = st.none() | st.integers(0, 11)


class Faults(RuleBasedStateMachine):
    """Clients, producers, SQS, Lambda and both edges, each at its worst."""

    balances: ClassVar[list[Balance]] = []

    def __init__(self) -> None:
        super().__init__()
        self._running = self.run_lab()
        self.lab = self._running.__enter__()
        self._names = count()

    def run_lab(self) -> AbstractContextManager[Lab]:
        return running_lab(SEED)

    def request(self, size: int, endpoints: int, bad: int) -> Any:
        """New events, spread over some endpoints; every `bad`th of them breaks a rule."""
        batch_item: dict[str, Any] = {
            f"e{n}": {"Endpoint": {"OptOut": "NONE"} if n % 2 else {}, "Events": {}}
            for n in range(endpoints)
        }
        for n in range(size):
            event = {} if bad and n % bad == 0 else EVENT
            batch_item[f"e{n % endpoints}"]["Events"][str(next(self._names))] = event
        return {"BatchItem": batch_item}

    def suffer(self, destination: str, queue: str, death: int | None) -> None:
        self.fail(destination)
        self.lab.world.queue = QUEUE[queue]
        self.lab.world.die_after(death)

    def fail(self, fault: str) -> None:
        """Let home fail."""
        self.lab.world.destination = DESTINATION[fault]

    @rule(
        application_id=applications,
        size=sizes,
        endpoints=st.integers(1, 5),
        bad=st.sampled_from([0, 0, 7]),
        destination=destinations,
        queue=queues,
        death=deaths,
        seconds=st.sampled_from([SECONDS["api"]] * 3 + [22.0, 15.0, 3.0]),
    )
    def a_client_sends(
        self,
        application_id: str,
        size: int,
        endpoints: int,
        bad: int,
        destination: str,
        queue: str,
        death: int | None,
        seconds: float,
    ) -> None:
        self.suffer(destination, queue, death)
        self.lab.put(application_id, self.request(size, endpoints, bad), seconds)

    @rule(
        application_id=applications,
        size=sizes,
        endpoints=st.integers(1, 3),
        bad=st.sampled_from([0, 0, 7]),
        copies=st.sampled_from([1, 1, 1, 2]),
    )
    def a_producer_sends(
        self, application_id: str, size: int, endpoints: int, bad: int, copies: int
    ) -> None:
        request = self.request(size, endpoints, bad)
        for _ in range(copies):
            self.lab.produce(application_id, request)

    @rule(body=st.sampled_from(["no JSON", "[]", '{"ApplicationId": 5}']))
    def somebody_sends_poison(self, body: str) -> None:
        self.lab.produce_text(body)

    @rule(
        destination=destinations,
        queue=queues,
        death=deaths,
        seconds=st.sampled_from([SECONDS["queue"]] * 3 + [30.0, 10.0]),
        forget=st.sampled_from([False, False, False, True]),
    )
    def the_queue_door_works(
        self, destination: str, queue: str, death: int | None, seconds: float, forget: bool
    ) -> None:
        self.suffer(destination, queue, death)
        self.lab.work(seconds, forget=forget)

    @rule(seconds=st.sampled_from([1, 30, 400, 4000, 90_000, -3600]))
    def time_passes(self, seconds: int) -> None:
        self.lab.world.now += seconds

    @rule(destination=destinations, queue=queues)
    def clients_send_again(self, destination: str, queue: str) -> None:
        self.suffer(destination, queue, None)
        self.lab.resend()

    @rule()
    def somebody_redeploys(self) -> None:
        self.lab.redeploy()

    @rule()
    def somebody_redrives(self) -> None:
        self.lab.redrive()

    @precondition(lambda self: self.lab.world.calls)
    @rule()
    def somebody_looks(self) -> None:
        assert all(balance.lost == 0 for balance in self.lab.balances().values())

    def teardown(self) -> None:
        try:
            assert all(balance.lost == 0 for balance in self.lab.balances().values())
            self.lab.recover()
            for balance in self.lab.balances().values():
                assert balance.sent == balance.stored + balance.rejected + balance.waiting
                assert balance.lost == balance.kept == balance.again == 0
                self.balances.append(balance)
            assert self.lab.world.ran_out == 0
        finally:
            self._running.__exit__(None, None, None)


class FollowedFaults(Faults):
    """The same with followers, each of which fails on its own."""

    names = "lake,stream,bus"
    lab: FollowedLab

    def run_lab(self) -> AbstractContextManager[Lab]:
        return running_followed_lab(self.names, SEED)

    def fail(self, fault: str) -> None:
        self.lab.fail(self.lab.settings.destination[0], fault)

    @rule(number=st.integers(0, 1), fault=destinations)
    def a_follower_changes(self, number: int, fault: str) -> None:
        followers = self.lab.settings.destination[1:]
        self.lab.fail(followers[number % len(followers)], fault)

    @precondition(lambda self: self.lab.settings.destination[0] == "lake")
    @rule(fault=st.sampled_from(list(TABLE)))
    def the_table_changes(self, fault: str) -> None:
        self.lab.fail("table", fault)


class FollowedPinpointFaults(FollowedFaults):
    names = "pinpoint,bus"


class LakeBesidePinpointFaults(FollowedFaults):
    names = "lake,pinpoint"


@pytest.fixture(name="quiet", autouse=True)
def _quiet() -> Iterator[None]:
    """The functions log nothing: a million events would be as many lines."""
    before = logger.log_level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(before)


@pytest.mark.parametrize(
    ("machine", "share"),
    # The books of several destinations count each event several times.
    [(Faults, 1), (FollowedFaults, 4), (FollowedPinpointFaults, 4), (LakeBesidePinpointFaults, 4)],
)
def test_whatever_goes_wrong_in_whatever_order_nothing_is_lost(
    capsys: pytest.CaptureFixture[str], machine: type[Faults], share: int
) -> None:
    Faults.balances.clear()
    rounds = settings(SETTINGS, max_examples=EXAMPLES // share)
    for number in count():
        run_state_machine_as_test(seed(SEED + number)(machine), settings=rounds)
        total = Balance(*map(sum, zip(*Faults.balances, strict=True)))
        capsys.readouterr()  # what the functions logged
        if total.sent >= EVENTS // share:
            break
    with capsys.disabled():
        print(
            f"\n  in process: {machine.__name__} SEED={SEED} EVENTS={EVENTS // share}"
            f" sequences={len(Faults.balances)} {total}"
        )
