"""The fuzzer sees each promise that is broken: the code is broken on purpose, one way at a time."""

from collections.abc import Callable
from importlib import import_module
from random import Random
from typing import Any

import pytest

from putevents import ingest
from putevents.api_handler import ApiHandler
from putevents.queue.retry import RetryQueue
from putevents.queue_handler import QueueHandler
from putevents.wire import json_object
from putevents.wire.answers import ACCEPTED
from tests.fuzz.fuzz_lab import HEAD, Lab
from tests.fuzz.promises_kept import BrokenPromiseError
from tests.fuzz.targets import TARGETS

_CASES = 3000
# `putevents.ingest` has functions of the same names.
deliver, rejected, settle, validate = (
    import_module(f"putevents.ingest.{name}")
    for name in ("deliver", "rejected", "settle", "validate")
)
Break = Callable[[pytest.MonkeyPatch], None]


def _says_that_all_is_accepted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settle, "final_answer", lambda answer: ACCEPTED)


def _passes_a_failure_on_as_a_400(patch: pytest.MonkeyPatch) -> None:
    bad = {"StatusCode": 400, "Message": "Bad"}
    found = settle.final_answer
    patch.setattr(settle, "final_answer", lambda answer: found(answer) or bad)


def _rejects_the_neighbours(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(validate, "_spoils_events", lambda endpoint: not hasattr(endpoint, "wire"))


def _drops_an_id(patch: pytest.MonkeyPatch) -> None:
    def settle_and_drop(submission: Any) -> None:
        settle.settle(submission)
        for item in submission.results.values():
            if len(item["EventsItemResponse"]) > 1:
                item["EventsItemResponse"].popitem()

    patch.setattr(ingest, "settle", settle_and_drop)


def _queues_what_was_delivered(patch: pytest.MonkeyPatch) -> None:
    def settle_and_queue(submission: Any) -> None:
        settle.settle(submission)
        submission.undelivered = {**submission.valid} if submission.undelivered else {}

    patch.setattr(ingest, "settle", settle_and_queue)


def _forgets_the_retry_queue(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RetryQueue, "queue", lambda self, rests, time_left: [[] for _ in rests])


def _deletes_what_failed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(QueueHandler, "_postpone", lambda self, stay, time_left: [])


def _deletes_what_was_rejected(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rejected, "_dead_letter", lambda gateway, submission, time_left: True)


def _calls_for_each_endpoint(patch: pytest.MonkeyPatch) -> None:
    once = deliver._call_destination

    def call(gateway: Any, application_id: str, batch_item: Any, *others: Any) -> Any:
        once(gateway, application_id, batch_item, *others)
        return once(gateway, application_id, batch_item, *others)

    patch.setattr(deliver, "_call_destination", call)


def _raises(patch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise KeyError("a bug")

    patch.setattr(rejected, "_with_raw", fail)


def _raises_to_the_client(patch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise KeyError("a bug")

    patch.setattr(ApiHandler, "_by_arrival", fail)


def _reads_the_last_of_two(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(json_object, "may_repeat", lambda text, tree: False)


@pytest.mark.parametrize(
    ("breaks", "target", "promise"),
    [
        (_says_that_all_is_accepted, "ingest", "promise 1"),
        (_forgets_the_retry_queue, "put-events", "promise 1"),
        (_passes_a_failure_on_as_a_400, "ingest", "promise 2"),
        (_rejects_the_neighbours, "ingest", "promise 2"),
        (_drops_an_id, "put-events", "promise 4"),
        (_queues_what_was_delivered, "ingest", "promise 5"),
        (_calls_for_each_endpoint, "put-events", "promise 7"),
        (_deletes_what_failed, "queue", "vanished"),
        (_deletes_what_was_rejected, "queue", "vanished|not kept"),
        (_raises, "put-events", "a bug that was caught"),
        (_raises_to_the_client, "put-events", "a bug that was caught"),
        (_reads_the_last_of_two, "json", "a part is lost"),
    ],
)
def test_a_promise_that_is_broken_is_seen(
    monkeypatch: pytest.MonkeyPatch, breaks: Break, target: str, promise: str
) -> None:
    breaks(monkeypatch)
    with pytest.raises(BrokenPromiseError, match=promise):
        _fuzz(target)


def _fuzz(target: str) -> None:
    lab, chance = Lab(), Random(7)  # noqa: S311 # cases are no secret
    for _ in range(_CASES):
        TARGETS[target](lab, b"\0" + chance.randbytes(HEAD - 1 + chance.randrange(150)))
