"""What `make fuzz` found, a test for each: docs/fuzzing.md names them."""

import json
from typing import Any

import pytest

from putevents.wire import rules
from putevents.wire.rules import MAX_PARTS, TOO_MANY_PARTS
from tests.unit.doors import ACCEPTED, Doors, FakeDestination, FakeQueue, sqs_record

EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
REQUEST = json.dumps({"p": {"Endpoint": {}, "Events": {"good": EVENT, "bad": 5}}})
# Bodies of which the last is read without suspicion; the careful reading used to reject them.
TWICE = [
    '"BatchItem":null,"BatchItem":{}',
    '"BatchItem":[0],"BatchItem":{}',
    '"BatchItem":1,"B\\u0061tchItem":2,"BatchItem":{}',
]


def test_a_wrong_date_of_a_large_request_is_left_out_of_what_is_sent(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    large = {**EVENT, "AppTitle": "x" * 5000}
    endpoint = {"EffectiveDate": "yesterday", "OptOut": "NONE"}
    destination.codes = {"late": None}
    destination.endpoint_codes = {"p": None}
    events = {"good": large, "late": EVENT}
    results = doors.put_events({"BatchItem": {"p": {"Endpoint": endpoint, "Events": events}}})
    assert results["p"]["EndpointItemResponse"] == ACCEPTED
    assert destination.endpoints == [("p", {"OptOut": "NONE"})]
    [(_, queued, _)] = queue.queued
    assert queued["p"].endpoint
    assert json.loads(queued["p"].endpoint.wire) == {"OptOut": "NONE"}


@pytest.mark.parametrize("members", TWICE)
@pytest.mark.parametrize("keeps", [True, False])
def test_what_is_wrong_with_a_part_can_be_looked_up_in_every_text_that_was_taken(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, members: str, keeps: bool
) -> None:
    destination.keeps_rejected = keeps
    request = f"{{{members.removesuffix('{}')}{REQUEST}}}"
    results = doors.put_events(request)
    assert results["p"]["EventsItemResponse"]["good"] == ACCEPTED
    assert doors.stay(sqs_record(f'{{"ApplicationId":"my-app","EventsRequest":{request}}}')) == []
    assert queue.dead_whole == []  # its good event is delivered
    kept = [part.raw for _, part in destination.rejected] if keeps else []
    dead: list[Any] = [raw["p"]["Events"] for _, raw, _ in queue.dead_letters]
    assert (kept, dead) == (([5, 5], []) if keeps else ([], [{"bad": 5}]))


def test_a_message_that_also_looks_like_a_request_has_no_more_parts_than_others(
    doors: Doors, queue: FakeQueue
) -> None:
    events = ",".join(f'"{n:x}":1' for n in range(MAX_PARTS))
    request = f'{{"BatchItem":{{"p":{{"Endpoint":{{}},"Events":{{{events}}}}}}}}}'
    message = f'{{"BatchItem":{{}},"ApplicationId":"my-app","EventsRequest":{request}}}'
    assert doors.stay(sqs_record(message)) == []
    assert [reason for _, reason, _ in queue.dead_whole] == [TOO_MANY_PARTS]


def test_annotations_are_read_once_for_however_many_bad_parts(doors: Doors) -> None:
    bad = {"p": {"Endpoint": {}, "Events": {"a": {**EVENT, "EventType": ""}}}}
    doors.put_events({"BatchItem": bad})
    before = rules._members.cache_info()
    doors.put_events({"BatchItem": bad})
    after = rules._members.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 1)
