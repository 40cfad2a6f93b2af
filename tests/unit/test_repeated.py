"""An id that stands twice in one JSON object is answered 400, and nothing else is lost by it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from putevents.wire.json_object import read_json, read_quickly
from tests.unit.doors import ACCEPTED, Doors, FakeDestination, FakeQueue, sqs_record

GOOD = '{"EventType":"a","Timestamp":"2026-11-24T10:00:00Z"}'
EVENT_ID = {"StatusCode": 400, "Message": "Duplicate event id"}
ENDPOINT_ID = {"StatusCode": 400, "Message": "Duplicate endpoint id"}


def request(*endpoints: str) -> str:
    return f'{{"BatchItem":{{{",".join(endpoints)}}}}}'


def endpoint(*events: str, id_: str = "phone", head: str = '"Endpoint":{}') -> str:
    return f'"{id_}":{{{head},"Events":{{{",".join(events)}}}}}'


@pytest.mark.parametrize(
    "copies",
    [
        (f'"a":{GOOD}', f'"a":{GOOD}'),
        (f'"a":{GOOD}', '"a":{}'),
        (f'"a":{GOOD}', '"a":{"\\u0045ventType":"b","Timestamp":"2026-11-24T10:00:00Z"}'),
        (f'"a":{GOOD}', f'"a":{GOOD.replace("{", "{" + chr(34) + "X" + chr(34) + ":{},")}'),
        (f'"a":{GOOD}', f'"\\u0061":{GOOD}'),
        (f'"a":{GOOD}', f'"a":{GOOD}', '"c":{}'),  # a count alone would come out right
    ],
)
def test_an_event_id_that_stands_twice_is_rejected_alone(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, copies: tuple[str, ...]
) -> None:
    destination.keeps_rejected = True
    body = request(endpoint(f'"1":{GOOD}', *copies, f'"2":{GOOD}'), endpoint(id_="other"))
    results = doors.put_events(body)
    answers = results["phone"]["EventsItemResponse"]
    assert (answers["a"], answers["1"], answers["2"]) == (EVENT_ID, ACCEPTED, ACCEPTED)
    assert results["other"]["EndpointItemResponse"] == ACCEPTED
    assert [id_ for _, _, id_ in destination.delivered] == ["1", "2"]

    message = f'{{"ApplicationId":"my-app","EventsRequest":{body}}}'
    assert doors.stay(sqs_record(message)) == []
    kept = [part for _, part in destination.rejected if part.event_id == "a"]
    values = [json.loads(copy.partition(":")[2]) for copy in copies if copy[1] != "c"]
    assert [part.raw for part in kept] == [values] * 2
    assert queue.dead_whole == []


@pytest.mark.parametrize("junk", ["null", "5", '"text"', "[]", "[1]"])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_copy_that_is_no_object_counts_as_nothing(
    doors: Doors, destination: FakeDestination, junk: str, is_first: bool
) -> None:
    def twice(key: str, value: str) -> str:
        pairs = [f'"{key}":{value}', f'"{key}":{junk}']
        return ",".join(reversed(pairs) if is_first else pairs)

    events = f'"Events":{{{twice("a", GOOD)},"b":{GOOD}}}'.partition(":")
    head = twice("Endpoint", '{"OptOut":"NONE"}')
    batch = f"{{{head},{twice('Events', events[2])}}}"
    results = doors.put_events(request(twice("phone", batch)))
    assert results["phone"] == {
        "EndpointItemResponse": ACCEPTED,
        "EventsItemResponse": {"a": ACCEPTED, "b": ACCEPTED},
    }
    assert destination.endpoints == [("phone", {"OptOut": "NONE"})]


@pytest.mark.parametrize("junk", ["5", "null"])
def test_copies_of_which_none_is_an_object_are_rejected_as_one(doors: Doors, junk: str) -> None:
    body = request(endpoint(f'"a":{junk},"a":5,"b":{GOOD},"b":{GOOD}'), '"x":5,"x":5')
    results = doors.put_events(body)
    no_object = {"StatusCode": 400, "Message": "Should be an object."}
    assert results["phone"]["EventsItemResponse"] == {"a": no_object, "b": EVENT_ID}
    assert results["x"]["EndpointItemResponse"] == no_object


def test_an_endpoint_id_that_stands_twice_is_rejected_with_all_its_events(
    doors: Doors, destination: FakeDestination
) -> None:
    destination.keeps_rejected = True
    body = request(
        endpoint(f'"1":{GOOD}', f'"2":{GOOD}'),
        endpoint(f'"2":{GOOD}', f'"3":{GOOD}', head='"Endpoint":{"OptOut":"NONE"}'),
        '"phone":null',
        endpoint(f'"4":{GOOD}', id_="other"),
    )
    results = doors.put_events(body)
    assert results["phone"] == {
        "EndpointItemResponse": ENDPOINT_ID,
        "EventsItemResponse": dict.fromkeys("123", ENDPOINT_ID),
    }
    assert results["other"]["EventsItemResponse"] == {"4": ACCEPTED}
    assert [id_ for _, _, id_ in destination.delivered] == ["4"]
    assert destination.updated == [("my-app", "other")]
    raw = {part.event_id: part.raw for _, part in destination.rejected}
    good = json.loads(GOOD)
    assert raw == {None: [{}, {"OptOut": "NONE"}], "1": [good], "2": [good] * 2, "3": [good]}


def test_events_that_stand_in_two_maps_are_all_answered(doors: Doors) -> None:
    head = f'"Endpoint":{{}},"Events":{{"1":{GOOD},"2":{GOOD}}},"Events":null'
    results = doors.put_events(request(endpoint(f'"2":{GOOD}', f'"3":{GOOD}', head=head)))
    assert results["phone"]["EventsItemResponse"] == {"1": ACCEPTED, "2": EVENT_ID, "3": ACCEPTED}


def test_beside_an_id_that_stands_twice_the_other_rules_hold(doors: Doors) -> None:
    without = [f'"no endpoint":{{"Events":{{"1":{GOOD}}}}}', '"no events":{"Endpoint":{}}']
    body = request(*without, '"neither":{}', endpoint(f'"a":{GOOD}', f'"a":{GOOD}'))
    results = doors.put_events(body)
    texts = {id_: item["EndpointItemResponse"]["Message"] for id_, item in results.items()}
    assert texts == {
        "no endpoint": "Missing Endpoint (Endpoint)",
        "no events": "Missing Events (Events)",
        "neither": "Missing Events (Events)",
        "phone": "Accepted",
    }
    assert results["no endpoint"]["EventsItemResponse"] == {"1": ACCEPTED}
    assert results["phone"]["EventsItemResponse"] == {"a": EVENT_ID}


@pytest.mark.parametrize("name", ["BatchItem", "EventsRequest", "ApplicationId"])
def test_a_text_that_says_two_things_is_rejected_whole(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, name: str
) -> None:
    batch_item = request(endpoint(f'"1":{GOOD}')).removeprefix("{").removesuffix("}")
    members = {"EventsRequest": f"{{{batch_item}}}", "ApplicationId": '"my-app"'}
    pairs = [f'"{key}":{value}' for key, value in members.items()]
    if name == "BatchItem":
        twice = f"{{{batch_item},{batch_item}}}"
        status, answer = doors.call("POST", "/v1/apps/my-app/events", twice)
        assert (status, answer["Message"]) == (400, "Duplicate BatchItem")
        pairs[0] = f'"EventsRequest":{twice}'
    else:
        pairs.append(f'"{name}":{members[name]}')
    text = ",".join(pairs)
    assert doors.stay(sqs_record(f"{{{text}}}")) == []
    assert [reason for _, reason, _ in queue.dead_whole] == [f"Duplicate {name}"]
    assert destination.delivered == []


def test_items_that_stand_in_two_lists_are_rejected_whole(
    doors: Doors, destination: FakeDestination
) -> None:
    body = '{"Item":[{"Id":"a"}],"Item":[{"Id":"b"}]}'
    status, answer = doors.call("PUT", "/v1/apps/my-app/endpoints", body)
    assert (status, answer["Message"]) == (400, "Duplicate Item")
    assert destination.updated == []


TWO_SPELLINGS = request(
    endpoint(f'"1":{GOOD}', f'"2":{GOOD}', id_="DEV"),
    endpoint(f'"1":{GOOD}', f'"3":{GOOD}', id_="dev"),
    endpoint(f'"1":{GOOD}', id_="other"),
    '"OTHER":5',
)


def test_an_event_id_under_two_spellings_of_an_endpoint_id_is_rejected_under_both(
    doors: Doors, destination: FakeDestination
) -> None:
    results = doors.put_events(TWO_SPELLINGS)
    assert results["DEV"]["EventsItemResponse"] == {"1": EVENT_ID, "2": ACCEPTED}
    assert results["dev"]["EventsItemResponse"] == {"1": EVENT_ID, "3": ACCEPTED}
    assert results["other"]["EventsItemResponse"] == {"1": ACCEPTED}
    delivered = [(endpoint_id, event_id) for _, endpoint_id, event_id in destination.delivered]
    assert delivered == [("DEV", "2"), ("dev", "3"), ("other", "1")]


def test_so_it_is_at_the_queue_door(destination: FakeDestination, doors: Doors) -> None:
    destination.keeps_rejected = True
    message = f'{{"ApplicationId":"my-app","EventsRequest":{TWO_SPELLINGS}}}'
    assert doors.stay(sqs_record(message)) == []
    delivered = [(endpoint_id, event_id) for _, endpoint_id, event_id in destination.delivered]
    assert delivered == [("DEV", "2"), ("dev", "3"), ("other", "1")]
    rejected = [(part.endpoint_id, part.event_id) for _, part in destination.rejected]
    assert rejected == [("DEV", "1"), ("dev", "1"), ("OTHER", None)]


@pytest.mark.parametrize(
    "event",
    [
        '{"EventType":"b","EventType":"a","Timestamp":"2026-11-24T10:00:00Z"}',
        '{"EventType":"a","Timestamp":"2026-11-24T10:00:00Z","Attributes":{"k":5,"k":"v"}}',
        '{"EventType":"a","Timestamp":"2026-11-24T10:00:00Z","X":[{"k":5,"k":[{"a":1,"a":2}]}]}',
    ],
)
def test_any_other_key_counts_as_its_last(doors: Doors, event: str) -> None:
    body = request(endpoint(f'"1":{event}', f'"2":{GOOD}', f'"2":{GOOD}'))
    answers = doors.put_events(body)["phone"]["EventsItemResponse"]
    assert answers == {"1": ACCEPTED, "2": EVENT_ID}
    alone = doors.put_events(request(endpoint(f'"1":{event}')))
    assert alone["phone"]["EventsItemResponse"] == {"1": ACCEPTED}


KEYS = st.sampled_from(["a", "b", "EventType", "Endpoint", "Events", "BatchItem"])
EVENTS = st.lists(st.tuples(KEYS, st.sampled_from([GOOD, GOOD, "{}", "5"])), max_size=5)
BATCHES = st.lists(st.tuples(KEYS, EVENTS), max_size=4)


@given(BATCHES)
def test_every_event_is_delivered_or_answered_400(batches: list[tuple[str, Any]]) -> None:
    destination = FakeDestination()
    texts = [
        endpoint(*(f'"{id_}":{event}' for id_, event in events), id_=endpoint_id)
        for endpoint_id, events in batches
    ]
    results = Doors(destination, FakeQueue()).put_events(request(*texts))
    endpoint_ids = [id_ for id_, _ in batches]
    assert results.keys() == set(endpoint_ids)
    for endpoint_id, events in batches:
        ids = [id_ for id_, _ in events]
        answers = results[endpoint_id]["EventsItemResponse"]
        assert answers.keys() >= set(ids)
        for id_ in ids:
            copies = [event for other, event in events if other == id_ and event != "5"]
            is_good = copies == [GOOD] and endpoint_ids.count(endpoint_id) == 1
            assert answers[id_]["StatusCode"] == (202 if is_good else 400)
    delivered = [(e, i) for _, e, i in destination.delivered]
    assert len(set(delivered)) == len(delivered)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.integers()
    | st.text('a"{[}]\\:,\n\u00e9\U0001f600', max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
)


@given(st.dictionaries(KEYS, JSON), st.booleans())
def test_both_ways_to_read_json_read_the_same(tree: dict[str, Any], is_ascii: bool) -> None:
    text = json.dumps(tree, ensure_ascii=is_ascii)
    assert read_quickly(text) == read_json(text) == tree
