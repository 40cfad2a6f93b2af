"""What `make fuzz` found, a test for each: docs/fuzzing.md names them."""

import gzip
import json
from typing import Any

import pytest

from putevents.cross_origin import cross_origin
from putevents.queue.retry import MIN_ATTEMPTS
from putevents.wire import rules
from putevents.wire.json_object import read_json
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


class HalfBrokenQueue(FakeQueue):
    """Takes the first of what it is to queue only, and no dead letter but the last of two."""

    def queue(self, rests: Any, time_left: Any) -> Any:
        [rest] = rests
        first, *others = ({id_: batch} for id_, batch in rest.batch_item.items())
        assert super().queue([rest._replace(batch_item=first)], time_left) == [[]]
        return [others]

    def dead_letter(self, *dead: Any) -> bool:
        return super().dead_letter(*dead) and len(self.dead_letters) > 1


@pytest.mark.parametrize("received", [1, MIN_ATTEMPTS])
def test_of_a_message_that_is_given_up_after_a_part_was_delivered_only_the_rest_is_dead(
    destination: FakeDestination, received: int
) -> None:
    doors = Doors(destination, queue := HalfBrokenQueue())
    destination.codes = {"late": None}
    events = {"good": EVENT, "bad": 5, "late": EVENT}
    batch_item = {"p": {"Endpoint": {"OptOut": "ALL"}, "Events": events}}
    message = {"ApplicationId": "my-app", "EventsRequest": {"BatchItem": batch_item}}
    stay = doors.stay(sqs_record(message, received=received))
    assert destination.delivered == [("my-app", "p", "good")]
    assert (queue.dead_whole, queue.queued) == ([], [])
    if received == 1:
        assert stay == ["m1"]
        return
    assert stay == []
    assert [raw for _, raw, _ in queue.dead_letters] == [
        {"p": {"Endpoint": {}, "Events": {"bad": 5}}}
    ] * 2
    assert queue.dead_letters[1][2] == (
        "Given up after attempt 32: The dead-letter queue did not take what was rejected."
    )
    assert list(queue.dead_valid[1]["p"].events) == ["late"]
    assert queue.dead_valid[1]["p"].endpoint is None


class CrowdedQueue(FakeQueue):
    """Takes messages that are sent anew only."""

    def queue(self, rests: Any, time_left: Any) -> Any:
        return [[rest.batch_item] for rest in rests]

    def dead_letter(self, *dead: Any) -> bool:
        return False


@pytest.mark.parametrize("event", [5, EVENT])
def test_a_message_of_which_a_part_was_delivered_is_not_sent_anew_when_many_are_hidden(
    destination: FakeDestination, event: Any
) -> None:
    doors = Doors(destination, queue := CrowdedQueue(crowded=True))
    destination.codes = {"other": None}
    batch_item = {"p": {"Endpoint": {}, "Events": {"good": EVENT, "other": event}}}
    message = {"ApplicationId": "my-app", "EventsRequest": {"BatchItem": batch_item}}
    assert doors.stay(sqs_record(message)) == ["m1"]
    assert destination.delivered == [("my-app", "p", "good")]
    assert queue.sent_again == []
    assert queue.postponed == [("receipt-m1", 1)]


def test_of_a_message_that_is_given_up_after_a_part_was_queued_only_the_rest_is_dead(
    destination: FakeDestination,
) -> None:
    doors = Doors(destination, queue := HalfBrokenQueue())
    queue.dead_letters.append(("before", {}, ""))
    destination.codes, destination.endpoint_codes = {"late": None, "last": None}, {"q": None}
    late, last = {"good": EVENT, "late": EVENT}, {"good": EVENT, "last": EVENT}
    batch_item = {
        "p": {"Endpoint": {"OptOut": "ALL"}, "Events": late},
        "q": {"Endpoint": {"OptOut": "ALL"}, "Events": last},
    }
    message = {"ApplicationId": "my-app", "EventsRequest": {"BatchItem": batch_item}}
    assert doors.stay(sqs_record(message, received=MIN_ATTEMPTS)) == []
    assert queue.events == [("my-app", "p", "late")]
    assert queue.dead_whole == []
    assert queue.dead_letters[1:] == [
        ("my-app", {}, "Given up after attempt 32: The rest of it could not be queued.")
    ]
    [dead] = queue.dead_valid
    assert (list(dead), list(dead["q"].events), dead["q"].endpoint is None) == (
        ["q"], ["last"], False,
    )  # fmt: skip


def test_annotations_are_read_once_for_however_many_bad_parts(doors: Doors) -> None:
    bad = {"p": {"Endpoint": {}, "Events": {"a": {**EVENT, "EventType": ""}}}}
    doors.put_events({"BatchItem": bad})
    before = rules._members.cache_info()
    doors.put_events({"BatchItem": bad})
    after = rules._members.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 1)


def test_a_body_of_very_many_gzip_members_is_not_read(doors: Doors) -> None:
    two = gzip.compress(b'{"BatchItem"') + gzip.compress(b":{}}") + b"\0" * 9
    assert doors.call("POST", "/v1/apps/my-app/events", two) == (202, {"Results": {}})
    status, answer = doors.call("POST", "/v1/apps/my-app/events", gzip.compress(b"") * 101)
    assert (status, answer["Message"]) == (400, "The body could not be decoded.")


def test_a_batch_is_read_once_more_for_all_its_bad_items(
    doors: Doors, destination: FakeDestination, monkeypatch: pytest.MonkeyPatch
) -> None:
    destination.keeps_rejected = True
    texts: list[str] = []

    def read(text: str) -> dict[str, Any]:
        texts.append(text)
        return read_json(text)

    monkeypatch.setattr("putevents.endpoint_routes.read_json", read)
    body = {"Item": [{"Id": "a", "Address": "x"}] * 100}
    assert doors.call("PUT", "/v1/apps/my-app/endpoints", body)[0] == 400
    assert len(destination.rejected) == 100
    assert len(texts) == 1


def test_a_star_of_an_origin_stands_for_no_more_than_a_label() -> None:
    found = cross_origin(["https://*.example.com"])
    assert found
    longest = f"https://{'a' * 63}.example.com"
    assert found.allowed_origin(longest) == longest
    assert found.allowed_origin(longest.replace("//a", "//aa")) == ""
