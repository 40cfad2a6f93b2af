"""Several destinations: each has what home accepted, or a message or a dead letter holds it."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from putevents.breaker import FAILURES
from putevents.call_deadline import at_most
from putevents.errors import SettingsError
from putevents.gateway import Gateway
from putevents.ingest.turns import FOLLOWER_SECONDS
from putevents.time_left import DELIVERY_SECONDS, TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.storable import MAX_FOREIGN_CHARACTERS
from tests.unit.captured_log import Log
from tests.unit.doors import FakeDestination, FakeQueue, FollowedDoors, settings, sqs_record

EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
STORED = {"Id": "phone", "User": {"UserId": "u"}, "ApplicationId": "my-app"}


class Telling(FakeDestination):
    """A home that tells endpoints, unless it is down."""

    is_table_down = False

    def deliver(self, *asked: Any) -> Any:
        if self.is_table_down:
            return {}
        answers: Any = super().deliver(*asked)
        for id_, answer in answers.items():
            answer["Stored"] = asked[1][id_].stored or {**STORED, "Id": id_}
            if id_ in self.forgotten_ids:
                answer["Forgotten"] = True
        return answers


class Events(FakeDestination):
    """A follower that takes no endpoints."""

    def deliver(self, *asked: Any) -> Any:
        self.stored |= {id_: batch.stored for id_, batch in asked[1].items()}
        return super().deliver(*asked)


@pytest.fixture(name="home")
def _home() -> Telling:
    return Telling()


@pytest.fixture(name="stream")
def _stream() -> Events:
    return Events(takes_endpoints=False)


@pytest.fixture(name="doors")
def _doors(home: Telling, stream: Events, queue: FakeQueue) -> FollowedDoors:
    return FollowedDoors({"lake": home, "stream": stream}, queue)


def request(*ids: str, endpoint: Any = None) -> Any:
    events = dict.fromkeys(ids, EVENT)
    return {"BatchItem": {"phone": {"Endpoint": endpoint or {"OptOut": "NONE"}, "Events": events}}}


def codes(results: Any) -> dict[str, int]:
    item = results["phone"]
    events = {i: answer["StatusCode"] for i, answer in item["EventsItemResponse"].items()}
    return {"": item["EndpointItemResponse"]["StatusCode"], **events}


def message(toward: str, *ids: str, received: int = 1, **along: Any) -> Any:
    body = {"ApplicationId": "my-app", "EventsRequest": request(*ids), **along}
    return sqs_record(body, received=received, Destinations=toward)


def along(**endpoint: Any) -> Any:
    return {"phone": {"Order": 0, "Endpoint": {**STORED, **endpoint}}}


def ids(delivered: list[tuple[str, str, str]]) -> list[str]:
    return [event_id for _, _, event_id in delivered]


def test_a_follower_is_given_events_with_their_endpoint_as_home_has_it(
    doors: FollowedDoors, home: Telling, stream: Events
) -> None:
    assert codes(doors.put_events(request("1"))) == {"": 202, "1": 202}
    assert ids(home.delivered) == ids(stream.delivered) == ["1"]
    assert stream.stored == {"phone": STORED}
    assert stream.endpoints == [("phone", {})]


def test_what_home_rejects_goes_nowhere(
    doors: FollowedDoors, home: Telling, stream: Events, queue: FakeQueue
) -> None:
    home.codes["2"] = 403
    assert codes(doors.put_events(request("1", "2"))) == {"": 202, "1": 202, "2": 403}
    assert ids(stream.delivered) == ["1"]
    assert queue.queued == []


def test_what_a_follower_lacks_waits_for_it_alone(
    doors: FollowedDoors, home: Telling, stream: Events, queue: FakeQueue
) -> None:
    stream.codes["2"] = 500
    assert codes(doors.put_events(request("1", "2"))) == {"": 202, "1": 202, "2": 202}
    [(_, batch_item, attempt)] = queue.queued
    assert (batch_item["phone"].endpoint, [*batch_item["phone"].events]) == (None, ["2"])
    assert (batch_item["phone"].stored, attempt, queue.towards) == (STORED, 1, [("stream",)])


def test_what_home_could_not_store_is_at_the_followers_if_it_told_the_endpoint(
    doors: FollowedDoors, home: Telling, stream: Events, queue: FakeQueue
) -> None:
    home.codes["1"] = 500
    assert codes(doors.put_events(request("1"))) == {"": 202, "1": 202}
    assert (ids(stream.delivered), queue.towards) == (["1"], [("lake",)])


def test_what_home_cannot_tell_the_endpoint_of_waits_for_all(
    doors: FollowedDoors, home: Telling, stream: Events, queue: FakeQueue
) -> None:
    home.is_table_down = True
    assert codes(doors.put_events(request("1"))) == {"": 202, "1": 202}
    assert (stream.calls, queue.towards) == ([], [("lake", "stream")])


def test_a_home_that_tells_nothing_holds_up_no_follower(queue: FakeQueue) -> None:
    home, stream = FakeDestination(tells_endpoints=False, is_down=True), Events()
    stream.takes_endpoints = False
    doors = FollowedDoors({"pinpoint": home, "stream": stream}, queue)
    sent = {"Address": "a", "ChannelType": "SMS", "User": {"UserId": "u"}}
    assert codes(doors.put_events(request("1", endpoint=sent))) == {"": 202, "1": 202}
    assert stream.stored == {"phone": {**sent, "ApplicationId": "my-app", "Id": "phone"}}
    assert (ids(stream.delivered), queue.towards) == (["1"], [("pinpoint",)])
    # A message goes on likewise, while home's breaker is open.
    for _ in range(FAILURES):
        doors.gateway.breaker.note("my-app", answered=False)
    assert doors.stay(message("", "2")) == []
    assert (ids(stream.delivered), queue.towards[1:]) == (["1", "2"], [("pinpoint",)])


@pytest.mark.parametrize("toward", ["lake", "stream"])
def test_if_the_queue_refuses_one_destination_exactly_its_events_are_answered_500(
    doors: FollowedDoors, home: Telling, stream: Events, queue: FakeQueue, toward: str
) -> None:
    home.codes["1"], stream.codes["2"] = 500, 500
    take = queue.queue
    queue.queue = lambda rests, time_left: [  # type: ignore[method-assign]
        [rest.batch_item] if rest.destinations == (toward,) else take([rest], time_left)[0]
        for rest in rests
    ]
    doors.gateway.followers[0].breaker.note("my-app", answered=False)
    lost = {"lake": "1", "stream": "2"}[toward]
    expected = {"": 202, "1": 202, "2": 202, "3": 202} | {lost: 500}
    assert codes(doors.put_events(request("1", "2", "3"))) == expected


def test_an_endpoint_that_a_follower_lacks_is_answered_500_if_the_queue_does_not_take_it(
    home: Telling, queue: FakeQueue
) -> None:
    queue.broken = True
    follower = FakeDestination(is_down=True)
    doors = FollowedDoors({"lake": home, "pinpoint": follower}, queue)
    assert codes(doors.put_events(request("1"))) == {"": 500, "1": 500}
    queue.broken = False
    assert doors.call("PUT", "/v1/apps/my-app/endpoints/phone", {"OptOut": "ALL"})[0] == 202
    assert queue.towards == [("pinpoint",)]


def test_endpoints_alone_are_no_call_to_a_follower_that_takes_none(
    doors: FollowedDoors, stream: Events, queue: FakeQueue
) -> None:
    stream.is_down = True
    assert codes(doors.put_events(request())) == {"": 202}
    assert queue.queued == []


def test_what_a_follower_rejects_is_its_dead_letter_and_no_client_hears_of_it(
    doors: FollowedDoors, stream: Events, queue: FakeQueue, log: Log
) -> None:
    stream.codes["2"] = 413
    assert codes(doors.put_events(request("1", "2"))) == {"": 202, "1": 202, "2": 202}
    [(_, raw, reason)] = queue.dead_letters
    [dead] = queue.dead_valid
    assert (raw, reason) == ({}, "Rejected by stream: code 413")
    assert ([*dead["phone"].events], dead["phone"].stored) == (["2"], STORED)
    assert (queue.dead_towards, queue.queued) == ([("stream",)], [])
    [counted] = [line for line in log.lines if line["message"] == "follower lacks events"]
    assert (counted["destination"], counted["EventsRejected"]) == ("stream", [1.0])
    [described] = counted["_aws"]["CloudWatchMetrics"]
    assert sorted(described["Dimensions"][0]) == ["application", "destination", "service"]


HOSTILE = "MalformedDetail: a\x1b[2J\n\u202e\ud800<b>" + "x" * 10_000


def test_a_followers_own_words_are_told_and_cannot_do_harm(
    doors: FollowedDoors, stream: Events, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(code: int) -> Any:
        return {"StatusCode": code, "Message": HOSTILE}

    monkeypatch.setattr(FakeDestination, "_answer", staticmethod(answer))
    stream.codes["1"] = 400
    assert codes(doors.put_events(request("1"))) == {"": 202, "1": 202}
    [(_, _, reason)] = queue.dead_letters
    told = "MalformedDetail: a [2J   <b>"
    assert reason == "Rejected by stream: " + told.ljust(MAX_FOREIGN_CHARACTERS, "x")
    stream.codes["1"] = 503
    assert doors.stay(message("stream", "1", received=40, sent=1)) == []
    [(_, reason, _)] = queue.dead_whole
    assert reason.startswith(
        "Given up after attempt 40: Nothing of it could be delivered. stream: Mal"
    )
    assert reason.isprintable()
    assert len(reason) < 256  # of a message's attribute


def test_why_home_rejected_a_message_is_told(
    doors: FollowedDoors, home: Telling, queue: FakeQueue
) -> None:
    home.codes["1"] = 403
    assert doors.stay(message("", "1")) == []
    [(_, _, reason)] = queue.dead_letters
    assert reason == "Rejected by the destination: code 403"


def test_a_rejection_that_no_dead_letter_takes_is_undelivered(
    home: Telling, queue: FakeQueue
) -> None:
    follower = FakeDestination({"2": 413}, endpoint_code=400)
    doors = FollowedDoors({"lake": home, "pinpoint": follower}, queue)
    queue.dead_letter = lambda *_: False  # type: ignore[method-assign]
    follower.codes["3"] = 500
    assert codes(doors.put_events(request("1", "2", "3"))) == {"": 202} | dict.fromkeys("123", 202)
    [(_, batch_item, _)] = queue.queued
    assert batch_item["phone"].endpoint
    assert sorted(batch_item["phone"].events) == ["2", "3"]


def test_a_retry_goes_only_toward_the_destinations_of_its_message(
    doors: FollowedDoors, home: Telling, stream: Events
) -> None:
    assert doors.stay(message("stream", "1", AsOfArrival=along(OptOut="ALL"))) == []
    assert (home.calls, ids(stream.delivered)) == ([], ["1"])
    assert stream.stored["phone"]["OptOut"] == "ALL"
    assert doors.stay(message("lake", "2")) == []
    assert (ids(home.delivered), ids(stream.delivered)) == (["2"], ["1"])
    assert doors.stay(message("", "3")) == []
    assert (ids(home.delivered), ids(stream.delivered)) == (["2", "3"], ["1", "3"])


def test_a_message_toward_one_that_is_down_stays_as_it_is(
    doors: FollowedDoors, stream: Events, queue: FakeQueue
) -> None:
    stream.is_down = True
    assert doors.stay(message("stream", "1")) == ["m1"]
    queue.crowded = True
    assert doors.stay(message("stream", "1")) == []
    assert queue.sent_again[0].attributes["Destinations"]["StringValue"] == "stream"
    for _ in range(FAILURES):
        doors.gateway.followers[0].breaker.note("my-app", answered=False)
    assert doors.stay(message("stream", "1")) == []
    assert queue.queued == []


def test_what_was_just_stored_at_home_waits_for_a_follower_from_now_on(
    doors: FollowedDoors, stream: Events, queue: FakeQueue
) -> None:
    stream.is_down = True
    assert doors.stay(message("", "1", received=40)) == []
    [(_, _, attempt)] = queue.queued
    assert (attempt, queue.queued_at, queue.towards) == (1, [0], [("stream",)])
    stream.is_down, stream.codes["2"] = False, 500
    assert doors.stay(message("stream", "1", "2", received=7)) == []
    assert (queue.queued[1][2], queue.queued_at[1] > 0) == (7, True)


def test_nothing_of_a_person_who_was_forgotten_is_delivered_to_a_follower(
    doors: FollowedDoors, home: Telling, stream: Events, queue: FakeQueue
) -> None:
    home.forgotten_ids = {"phone"}
    assert doors.stay(message("stream", "1", AsOfArrival=along())) == []  # it is gone
    assert doors.stay(message("", "2")) == []  # home says so by itself
    assert (stream.calls, queue.queued, home.asked) == ([], [], ["phone"])


def test_while_home_does_not_say_who_was_forgotten_nothing_is_delivered(
    doors: FollowedDoors, home: Telling, stream: Events, queue: FakeQueue
) -> None:
    home.is_down = True
    two = [message("stream", "1"), {**message("stream", "2"), "messageId": "m2"}]
    assert doors.stay(*two) == ["m1", "m2"]
    assert (stream.calls, home.asked) == ([], ["phone"])  # it is asked once an invocation
    home.is_down = False
    home.forgotten = None  # type: ignore[assignment, method-assign] # a bug
    assert doors.stay(message("stream", "1")) == ["m1"]
    assert stream.calls == []


def toward_stream(application_id: str, number: int, endpoint_ids: str) -> Any:
    batch = {id_: {"Endpoint": {}, "Events": {f"e{number}": EVENT}} for id_ in endpoint_ids}
    body = {"ApplicationId": application_id, "EventsRequest": {"BatchItem": batch}}
    return sqs_record(body, f"m{number}", Destinations="stream")


def test_home_is_asked_once_for_messages_that_name_no_endpoint_twice(
    doors: FollowedDoors, home: Telling, stream: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, list[str], set[str]]] = []

    def forgotten(
        application_id: str, waiting: Any, arrivals: dict[str, Arrival], time_left: TimeLeft
    ) -> set[str]:
        asked.append((application_id, [*waiting], {a.request_id for a in arrivals.values()}))
        assert waiting.keys() == arrivals.keys()
        if "!" in waiting:
            raise KeyError
        return {"b"} & {*waiting}

    monkeypatch.setattr(home, "forgotten", forgotten)
    sent = [("my-app", 1, "ab"), ("other-app", 2, "a"), ("my-app", 3, "c"), ("my-app", 4, "b")]
    assert doors.stay(*(toward_stream(*one) for one in sent)) == []
    assert asked == [
        ("my-app", ["a", "b", "c"], {"m1", "m3"}),
        ("other-app", ["a"], {"m2"}),
        ("my-app", ["b"], {"m4"}),
    ]
    assert sorted(ids(stream.delivered)) == ["e1", "e2", "e3"]
    # What one message does to home is that one's alone; then home is not asked again.
    sent = [("my-app", 5, "d"), ("my-app", 6, "!"), ("my-app", 7, "e")]
    assert doors.stay(*(toward_stream(*one) for one in sent)) == ["m6", "m7"]
    assert [named for _, named, _ in asked[3:]] == [["d", "!", "e"], ["d"], ["!"]]


def test_what_waits_for_a_destination_that_was_taken_away_is_a_dead_letter_for_it(
    doors: FollowedDoors, home: Telling, stream: Events, queue: FakeQueue
) -> None:
    assert doors.stay(message("bus", "1")) == []
    [(body, reason, _)] = queue.dead_whole
    assert reason == "It is for a destination that is not in the settings."
    assert (json.loads(body)["EventsRequest"], queue.dead_towards) == (request("1"), [("bus",)])
    # One that others lack too goes there first.
    assert doors.stay(message("bus,lake,bus", "2")) == []
    assert (ids(home.delivered), stream.calls) == (["2"], [])
    assert [*queue.dead_valid[0]["phone"].events] == ["2"]
    assert queue.dead_towards[1:] == [("bus",)]


def test_a_gateway_that_has_one_destination_left_reads_what_it_wrote_with_two(
    home: Telling, queue: FakeQueue
) -> None:
    doors = FollowedDoors({"lake": home}, queue)
    assert doors.stay(message("lake", "1")) == []
    assert doors.stay(message("stream", "2")) == []
    assert ids(home.delivered) == ["1"]
    assert queue.dead_towards == [("stream",)]


def test_when_the_queue_takes_no_rest_a_message_stays_and_later_only_what_is_lacked_is_dead(
    doors: FollowedDoors, home: Telling, stream: Events, queue: FakeQueue
) -> None:
    stream.is_down, home.codes["1"] = True, 500
    queue.broken = True
    assert doors.stay(message("", "1", "2")) == ["m1"]
    give_up, queue.gives_up = queue.gives_up, lambda *_: True  # type: ignore[method-assign]
    queue.queue = lambda rests, time_left: [[rest.batch_item] for rest in rests]  # type: ignore[method-assign]
    queue.broken = False
    assert doors.stay(message("", "1", "2", received=2)) == []
    assert queue.dead_towards == [("lake",), ("stream",)]
    assert [sorted(dead["phone"].events) for dead in queue.dead_valid] == [["1"], ["1", "2"]]
    queue.gives_up = give_up  # type: ignore[method-assign]


def test_a_rejected_part_of_a_followers_message_is_a_dead_letter_for_it(
    doors: FollowedDoors, home: Telling, stream: Events, queue: FakeQueue
) -> None:
    home.keeps_rejected = True
    body = {"ApplicationId": "my-app", "EventsRequest": request("1")}
    body["EventsRequest"]["BatchItem"]["phone"]["Events"]["2"] = {}
    assert doors.stay(sqs_record(body, Destinations="stream")) == []
    assert (home.rejected, queue.dead_towards) == ([], [("stream",)])
    # If nobody takes it the message stays; in the end what nobody has is dead, in one letter each.
    queue.dead_letter = lambda *_: False  # type: ignore[method-assign]
    assert doors.stay(sqs_record(body, Destinations="stream")) == ["m1"]


def test_what_was_rejected_is_dead_toward_all_and_what_is_lacked_toward_those_that_lack_it(
    doors: FollowedDoors, stream: Events, queue: FakeQueue
) -> None:
    stream.codes["1"] = 500
    body = {"ApplicationId": "my-app", "EventsRequest": request("1", "2")}
    body["EventsRequest"]["BatchItem"]["phone"]["Events"]["3"] = {}
    dead: list[Any] = []

    def take(rest: Any, raw: Any, *_: Any) -> bool:
        dead.append((rest.destinations, [*raw], [*rest.batch_item]))
        return len(dead) > 1

    queue.dead_letter = take  # type: ignore[method-assign, assignment]
    queue.gives_up = lambda *_: True  # type: ignore[method-assign]
    assert doors.stay(sqs_record(body)) == []
    both = ("lake", "stream")
    assert dead[0] == (both, ["phone"], [])  # it was not taken
    assert dead[1:] == [(both, ["phone"], []), (("stream",), [], ["phone"])]


def test_what_the_queue_took_of_a_message_is_not_left_of_it(
    doors: FollowedDoors, home: Telling, stream: Events, queue: FakeQueue
) -> None:
    home.codes["1"], stream.codes["2"] = 500, 500
    take = queue.queue
    queue.queue = lambda rests, time_left: [  # type: ignore[method-assign]
        [rest.batch_item] if rest.destinations == ("lake",) else take([rest], time_left)[0]
        for rest in rests
    ]
    queue.gives_up = lambda *_: True  # type: ignore[method-assign]
    assert doors.stay(message("", "1", "2")) == []
    assert (queue.towards, queue.dead_towards) == ([("stream",)], [("lake",)])
    assert [*queue.dead_valid[0]["phone"].events] == ["1"]


def test_a_bug_of_a_share_fails_its_message_alone(
    doors: FollowedDoors, stream: Events, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: Any) -> None:
        raise KeyError

    with monkeypatch.context() as patch:
        patch.setattr("putevents.ingest.followers._part", bug)
        assert doors.stay(message("stream", "1")) == ["m1"]
    with monkeypatch.context() as patch:
        patch.setattr("putevents.ingest.followers.settle", bug)
        assert doors.stay(message("stream", "1")) == ["m1"]


def test_each_destination_has_a_breaker_of_its_own(
    doors: FollowedDoors, home: Telling, stream: Events, log: Log
) -> None:
    stream.is_down = True
    for number in range(FAILURES + 3):
        doors.put_events(request(str(number)))
    assert len(home.calls) == FAILURES + 3
    [left] = [line for line in log.lines if line["message"] == "destination is left alone"]
    assert left["destination"] == "stream"
    doors.gateway.close_breakers("my-app")
    stream.is_down = False
    doors.put_events(request("last"))
    assert ids(stream.delivered) == ["last"]


@dataclass
class Hanging(Events):
    """A follower that takes all the time it is given, and may have done what it was asked."""

    clock: list[float] = field(default_factory=list)  # the moment

    def deliver(self, *asked: Any) -> Any:
        super().deliver(*asked)
        self.clock[0] += at_most(DELIVERY_SECONDS)
        return {}


@pytest.fixture(name="clock")
def _clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    clock = [1000.0]
    for module in ("time_left", "call_deadline", "ingest.turns"):
        monkeypatch.setattr(f"putevents.{module}.monotonic", lambda: clock[0])
    return clock


def test_followers_that_hang_cost_a_client_little_and_the_next_one_has_its_turn(
    home: Telling, queue: FakeQueue, clock: list[float]
) -> None:
    stream, bus, pinpoint = (Hanging(takes_endpoints=False, clock=clock) for _ in range(3))
    doors = FollowedDoors({"lake": home, "stream": stream, "bus": bus, "pinpoint": pinpoint}, queue)
    assert codes(doors.put_events(request("1"))) == {"": 202, "1": 202}
    assert clock[0] == pytest.approx(1000 + FOLLOWER_SECONDS)
    assert [ids(one.delivered) for one in (stream, bus, pinpoint)] == [["1"]] * 3
    assert queue.towards == [("stream",), ("bus",), ("pinpoint",)]
    queue.broken = True
    assert codes(doors.put_events(request("2"))) == {"": 202, "2": 500}


def test_what_a_follower_has_no_time_for_is_not_begun(
    home: Telling, queue: FakeQueue, clock: list[float], stream: Events
) -> None:
    late = Hanging(takes_endpoints=False, clock=clock)
    late.deliver = lambda *asked: (clock.__setitem__(0, clock[0] + 9), {})[1]  # type: ignore[method-assign]
    doors = FollowedDoors({"lake": home, "bus": late, "stream": stream}, queue)
    assert codes(doors.put_events(request("1"))) == {"": 202, "1": 202}
    assert (stream.calls, queue.towards) == ([], [("bus",), ("stream",)])
    assert not doors.gateway.followers[1].breaker._failing


def test_nobody_waits_for_the_followers_of_a_message(
    home: Telling, queue: FakeQueue, clock: list[float]
) -> None:
    stream = Hanging(takes_endpoints=False, clock=clock)
    doors = FollowedDoors({"lake": home, "stream": stream}, queue)
    assert doors.stay(message("stream", "1")) == ["m1"]
    assert clock[0] == 1000 + DELIVERY_SECONDS


def test_the_line_of_a_followers_message_names_its_events(
    doors: FollowedDoors, stream: Events, log: Log
) -> None:
    stream.codes["2"] = 500
    doors.stay(message("stream", "1", "2", received=2))
    [line] = [line for line in log.lines if line["message"] == "queue_message"]
    assert (line["destination"], line["delivered"], line["undelivered"]) == ("stream", ["1"], ["2"])
    assert (line["EventsAccepted"], line["EventsQueued"]) == ([1.0], [1.0])


def test_metrics_of_a_follower_are_written_at_any_level(
    doors: FollowedDoors, stream: Events, capsys: pytest.CaptureFixture[str]
) -> None:
    from putevents.observability import logger

    stream.is_down = True
    before = logger.log_level
    logger.setLevel("ERROR")
    try:
        doors.put_events(request("1"))
    finally:
        logger.setLevel(before)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line[:1] == "{"]
    assert [line.get("destination") for line in lines] == [None, "stream"]


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ("stream", "The first should be lake or pinpoint"),
        ("bus,lake", "The first should be lake or pinpoint"),
        ("", "The first should be lake or pinpoint"),
        ("lake,stream,lake", "No destination should be named twice"),
        ("lake,local", "`local` can only be the first"),
        ("lake,kafka", "Input should be"),
    ],
)
def test_a_wrong_list_of_destinations_stops_the_start(names: str, why: str) -> None:
    with pytest.raises(SettingsError, match=f"DESTINATION: .*{why}"):
        settings(DESTINATION=names)


def test_a_gateway_loads_each_destination_of_its_list(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENDPOINT_TABLE", "EVENT_STREAM_PREFIX", "REJECTED_STREAM"):
        monkeypatch.setenv(name, "x")
    account = "eu-west-1:111122223333"
    monkeypatch.setenv("KINESIS_STREAM_ARN", f"arn:aws:kinesis:{account}:stream/x")
    monkeypatch.setenv("EVENT_BUS_ARN", f"arn:aws:events:{account}:event-bus/x")
    monkeypatch.setenv("BUS_EVENT_TYPES", "*")
    gateway = Gateway.load(settings(DESTINATION="lake, pinpoint, stream, bus"))
    assert gateway.home.tells_endpoints
    assert [follower.name for follower in gateway.followers] == ["pinpoint", "stream", "bus"]
