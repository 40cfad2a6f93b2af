"""Destination `bus`: chosen event types, within PutEvents' limits, settled entry by entry."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from putevents.destinations.bus import (
    MAX_CALL_BYTES,
    MAX_CALLS,
    MAX_DETAIL_TYPE_CHARACTERS,
    BusDestination,
    _cut,
)
from putevents.errors import SettingsError
from putevents.time_left import TimeLeft
from putevents.wire.schemas import Event, PublicEndpoint, ValidBatch
from tests.unit.doors import (
    ACCEPTED,
    ARRIVAL,
    FakeDestination,
    FakeQueue,
    FollowedDoors,
    nearly_over,
)
from tests.unit.part_service import PartService, each, failing, final

TIME = "2026-01-02T03:04:05.678Z"
STORED: Any = {"Id": "phone", "ChannelType": "GCM", "User": {"UserId": "u"}}


def taken(place: int, _: Any) -> Any:
    return {"EventId": str(place)}


@pytest.fixture(name="bus")
def _bus(monkeypatch: pytest.MonkeyPatch) -> BusDestination:
    return made(monkeypatch, "buy, leave")


@pytest.fixture(name="bridge")
def _bridge(bus: BusDestination) -> PartService:
    return PartService(bus._client, "Entries", each("Entries", taken))


def made(patch: pytest.MonkeyPatch, types: str) -> BusDestination:
    patch.setenv("EVENT_BUS_ARN", "arn:aws:events:us-east-1:123456789012:event-bus/mine")
    patch.setenv("BUS_EVENT_TYPES", types)
    return BusDestination()


def some(*ids: str, kind: str = "buy", size: int = 1, time: str = TIME) -> dict[str, Event]:
    return {id_: Event(EventType=kind, Timestamp=time, AppTitle="x" * size) for id_ in ids}


def deliver(
    bus: BusDestination,
    events: dict[str, Event],
    time_left: TimeLeft = TimeLeft(),  # noqa: B008 # immutable
    endpoint: PublicEndpoint | None = None,
) -> dict[str, Any]:
    """What an endpoint's events are answered."""
    batch = {"phone": ValidBatch(endpoint, events, stored=STORED)}
    answers = bus.deliver("my-app", batch, {"phone": ARRIVAL}, time_left)
    return final(answers["phone"]["EventsItemResponse"])


def test_an_event_is_an_entry_with_pinpoints_record(
    bus: BusDestination, bridge: PartService
) -> None:
    assert deliver(bus, some("1")) == {"1": ACCEPTED}
    [[entry]] = bridge.calls
    detail = json.loads(entry.pop("Detail"))
    assert entry == {
        "EventBusName": "arn:aws:events:us-east-1:123456789012:event-bus/mine",
        "Source": "putevents-gateway",
        "DetailType": "buy",
        "Time": 1767323045,
    }
    assert detail["event_id"] == "1"
    assert detail["event_type"] == "buy"
    assert detail["endpoint"] == {**STORED, "ApplicationId": "my-app"}


def body(**types: str) -> dict[str, Any]:
    """A request with an event of each type, by id."""
    events = {i: {"EventType": kind, "Timestamp": TIME} for i, kind in types.items()}
    return {"BatchItem": {"phone": {"Endpoint": {}, "Events": events}}}


def test_only_the_chosen_types_are_put_and_others_count_as_delivered(
    bus: BusDestination, bridge: PartService, destination: FakeDestination, queue: FakeQueue
) -> None:
    doors = FollowedDoors({"lake": destination, "bus": bus}, queue)

    results = doors.put_events(body(a="buy", b="Buy", c="buy ", d="leave"))

    assert results["phone"]["EventsItemResponse"] == dict.fromkeys("abcd", ACCEPTED)
    assert [json.loads(e["Detail"])["event_id"] for [*call] in bridge.calls for e in call] == [
        "a",
        "d",
    ]
    assert queue.queued == []


def test_what_nobody_chose_does_not_wait_for_a_bus_that_is_down(
    bus: BusDestination, bridge: PartService, destination: FakeDestination, queue: FakeQueue
) -> None:
    bridge.answer = failing("InternalException")
    doors = FollowedDoors({"lake": destination, "bus": bus}, queue)

    for _ in range(10):  # the breaker opens meanwhile
        doors.put_events(body(a="other"))
    assert queue.queued == []
    doors.put_events(body(a="buy", b="other"))

    assert queue.events == [("my-app", "phone", "a")]
    assert queue.towards == [("bus",)]


def test_a_star_chooses_every_type(
    monkeypatch: pytest.MonkeyPatch, destination: FakeDestination, queue: FakeQueue
) -> None:
    bus = made(monkeypatch, "*")
    bridge = PartService(bus._client, "Entries", each("Entries", taken))

    FollowedDoors({"lake": destination, "bus": bus}, queue).put_events(body(a="any", b="other"))

    assert [len(call) for call in bridge.calls] == [2]


def test_an_endpoint_alone_is_no_call(bus: BusDestination, bridge: PartService) -> None:
    batch = {"a": ValidBatch(PublicEndpoint(OptOut="ALL"), {})}
    answers = bus.deliver("my-app", batch, dict.fromkeys(batch, ARRIVAL), TimeLeft())
    assert answers == {"a": {"EndpointItemResponse": ACCEPTED, "EventsItemResponse": {}}}
    assert bridge.calls == []


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("ThrottlingException", None),
        ("InternalFailure", None),
        ("AccessDeniedException", None),
        ("NotAuthorizedForSourceException", None),
        ("SomethingNew", None),
        ("InvalidArgument", 400),
        ("MalformedDetail", 400),
        ("RedactionFailure", 400),
    ],
)
def test_an_entrys_error_is_final_only_if_its_content_causes_it(
    bus: BusDestination, bridge: PartService, code: str, told: int | None
) -> None:
    error = {"ErrorCode": code, "ErrorMessage": "No."}
    bridge.answer = each("Entries", lambda place, _: error if place == 1 else taken(place, _))
    found = deliver(bus, some("1", "2", "3"))
    assert found.get("2", {}).get("StatusCode") == told
    assert not told or found["2"]["Message"] == f"{code}: No."
    assert (found["1"], found["3"]) == (ACCEPTED, ACCEPTED)


def test_a_call_has_ten_entries(bus: BusDestination, bridge: PartService) -> None:
    ids = [str(number) for number in range(21)]
    assert list(deliver(bus, some(*ids))) == ids
    assert [len(call) for call in bridge.calls] == [10, 10, 1]


def test_a_request_makes_so_many_calls_and_leaves_the_rest_to_the_queue(
    bus: BusDestination, bridge: PartService
) -> None:
    ids = [str(number) for number in range(10 * MAX_CALLS + 5)]
    assert len(deliver(bus, some(*ids))) == 10 * MAX_CALLS
    assert len(bridge.calls) == MAX_CALLS


def test_the_entries_of_a_call_are_less_than_a_megabyte(
    bus: BusDestination, bridge: PartService
) -> None:
    assert len(deliver(bus, some(*"12345", size=400_000))) == 5
    assert [len(call) for call in bridge.calls] == [2, 2, 1]


@pytest.mark.parametrize("over", [0, 1])
def test_an_entry_is_measured_as_aws_says(
    bus: BusDestination, bridge: PartService, over: int
) -> None:
    """14 bytes of time, and the bytes of source, type and detail."""
    deliver(bus, some("1"))
    [[entry]] = bridge.calls
    empty = 14 + sum(len(entry[n].encode()) for n in ("Source", "DetailType", "Detail")) - 1
    told = deliver(bus, some("1", size=MAX_CALL_BYTES - empty + over))["1"]
    assert told == (
        {"StatusCode": 400, "Message": "Event size should be less than 1 MB for EventBridge."}
        if over
        else ACCEPTED
    )


@pytest.mark.parametrize("error", ["InternalException", "ValidationException"])
def test_after_a_call_that_failed_as_a_whole_no_other_is_made(
    bus: BusDestination, bridge: PartService, error: str
) -> None:
    bridge.answer = failing(error)
    assert deliver(bus, some(*map(str, range(30)))) == {}
    assert {json.loads(c[0]["Detail"])["event_id"] for c in bridge.calls} == {"0"}


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"Entries": [null]}', b'{"Entries": [{}]}', b'{"Entries": []}']
)
def test_an_answer_that_makes_no_sense_confirms_nothing(
    bus: BusDestination, bridge: PartService, body: bytes
) -> None:
    bridge.answer = lambda _: (200, body)
    assert deliver(bus, some("1")) == {}


def test_no_call_is_made_once_time_is_up(bus: BusDestination, bridge: PartService) -> None:
    assert deliver(bus, some("1"), nearly_over()) == {}
    assert bridge.calls == []


@pytest.mark.parametrize(
    ("time", "told"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59Z", None),
        ("9999-12-31T23:59:59-23:00", None),
        ("0001-01-01T00:00:00+23:00", None),
    ],
)
def test_a_time_of_a_broken_clock_is_left_to_eventbridge(
    bus: BusDestination, bridge: PartService, time: str, told: int | None
) -> None:
    assert deliver(bus, some("1", time=time)) == {"1": ACCEPTED}
    assert bridge.calls[0][0].get("Time") == told


@given(st.text(min_size=1, max_size=200))
def test_a_detail_type_is_the_beginning_of_the_event_type(event_type: str) -> None:
    cut = _cut(event_type)
    units = len(cut.encode("utf-16-le")) // 2
    assert cut
    assert event_type.startswith(cut)
    assert units <= MAX_DETAIL_TYPE_CHARACTERS
    assert cut == event_type or units >= MAX_DETAIL_TYPE_CHARACTERS - 1


def test_no_type_at_all_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="BUS_EVENT_TYPES"):
        made(monkeypatch, " ,")
