"""Door 1 answers as docs/spec.md says, whatever comes in."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from putevents import api_handler
from putevents.breaker import FAILURES
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.schemas import PublicEndpoint
from tests.unit.doors import ACCEPTED, Context, Doors, FakeDestination, FakeQueue, http_event

REQUESTS = Path(__file__).parents[1] / "events" / "requests"
EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
ORIGIN = "https://app.example.com"


def body_of(events: dict[str, Any], endpoint: Any = None) -> dict[str, Any]:
    return {"BatchItem": {"phone": {"Endpoint": endpoint or {}, "Events": events}}}


@pytest.mark.parametrize("file", sorted(REQUESTS.glob("*.json")), ids=lambda path: path.stem)
def test_every_real_clients_request_is_answered_for_each_id(
    doors: Doors, destination: FakeDestination, file: Path
) -> None:
    request = json.loads(file.read_text())
    results = doors.put_events(request)

    assert set(results) == set(request["BatchItem"])
    for endpoint_id, batch in request["BatchItem"].items():
        answers = results[endpoint_id]["EventsItemResponse"]
        assert set(answers) == set(batch["Events"])
        if file.stem != "good-and-bad":
            assert set(map(str, answers.values())) == {str(ACCEPTED)}
            assert results[endpoint_id]["EndpointItemResponse"] == ACCEPTED


def test_the_event_that_api_gateway_sends_is_answered(
    doors: Doors, destination: FakeDestination
) -> None:
    event = json.loads((REQUESTS.parent / "aws" / "api_gateway_proxy_event.json").read_text())
    status, body, _ = doors.answer(event)
    [item] = body["Results"].values()
    assert (status, set(item["EventsItemResponse"])) == (202, {"1", "2"})
    assert [delivered[2] for delivered in destination.delivered] == ["1", "2"]


def test_one_bad_event_is_rejected_alone(doors: Doors, destination: FakeDestination) -> None:
    results = doors.put_events((REQUESTS / "good-and-bad.json").read_text())
    assert results == {
        "phone-1": {
            "EndpointItemResponse": ACCEPTED,
            "EventsItemResponse": {
                "good": ACCEPTED,
                "no-type": {"StatusCode": 400, "Message": "Missing EventType (EventType)"},
                "long-key": {
                    "StatusCode": 400,
                    "Message": "Event attribute key length should be less than 50."
                    " (Attributes.a-key-that-is-one-character-longer-than-fifty-chars)",
                },
            },
        },
        "phone-2": {
            "EndpointItemResponse": {"StatusCode": 400, "Message": "Missing ChannelType (Address)"},
            "EventsItemResponse": {"still-good": ACCEPTED},
        },
    }
    assert destination.delivered == [
        ("my-app", "phone-1", "good"),
        ("my-app", "phone-2", "still-good"),
    ]
    assert destination.endpoints == [("phone-1", {}), ("phone-2", {})]


def test_a_destination_that_keeps_what_is_rejected_gets_it_as_it_came(
    doors: Doors, destination: FakeDestination
) -> None:
    body = {"BatchItem": {"phone": {"Endpoint": {}, "Events": {"bad": {"Odd": "\ud800"}}}}}
    doors.put_events(body)
    assert destination.rejected == []
    destination.keeps_rejected = True
    doors.put_events(body)
    part = RejectedPart(
        "phone", "bad", "Missing EventType", "Missing EventType (EventType)", {"Odd": "\ud800"}
    )
    assert destination.rejected == [("my-app", part)]


@pytest.mark.parametrize("position", [0, 49, 99])
def test_99_good_events_around_a_bad_one_are_accepted(
    doors: Doors, destination: FakeDestination, position: int
) -> None:
    events: dict[str, Any] = {f"e{i}": EVENT for i in range(100)}
    events[f"e{position}"] = {}
    answers = doors.put_events(body_of(events))["phone"]["EventsItemResponse"]
    assert [i for i, told in answers.items() if told != ACCEPTED] == [f"e{position}"]


def test_an_event_too_large_is_rejected_alone(doors: Doors, destination: FakeDestination) -> None:
    empty = len(json.dumps({**EVENT, "AppTitle": ""}, separators=(",", ":")))
    title = "x" * (1000 * 1024 - empty - len("at-limit"))
    events = {
        "at-limit": {**EVENT, "AppTitle": title},
        "at-large": {**EVENT, "AppTitle": title + "x"},
    }
    body = json.dumps(body_of(events), ensure_ascii=False)
    answers = doors.put_events(body)["phone"]["EventsItemResponse"]
    assert answers["at-limit"] == ACCEPTED
    refused = {"StatusCode": 400, "Message": "Event size should be at most 1000 KB."}
    assert answers["at-large"] == refused
    wide = {"wide": {**EVENT, "AppTitle": "é" * (520 * 1024)}}
    answers = doors.put_events(json.dumps(body_of(wide), ensure_ascii=False))["phone"]
    assert answers["EventsItemResponse"]["wide"] == refused


@pytest.mark.parametrize("endpoint_id", ["", "a$b", "{x}", "a}", "\ud800", "x" * 16_000])
def test_an_endpoint_id_that_cannot_be_is_rejected_with_its_events(
    doors: Doors, destination: FakeDestination, endpoint_id: str
) -> None:
    batch = {"Endpoint": {}, "Events": {"1": EVENT}}
    results = doors.put_events({"BatchItem": {endpoint_id: batch, "good": batch}})
    assert set(results) == {endpoint_id, "good"}
    assert results[endpoint_id]["EndpointItemResponse"]["StatusCode"] == 400
    assert results[endpoint_id]["EventsItemResponse"]["1"]["StatusCode"] == 400
    assert destination.delivered == [("my-app", "good", "1")]


@pytest.mark.parametrize("letter", ["x", "é", "\u0390"])
def test_an_endpoint_id_has_1024_bytes_at_most_in_lower_case_too(doors: Doors, letter: str) -> None:
    most = 1024 // max(len(letter.encode()), len(letter.casefold().encode()))
    batch = {"Endpoint": {}, "Events": {"1": EVENT}}
    fits, long = letter * most, letter * (most + 1)
    results = doors.put_events({"BatchItem": {fits: batch, long: batch}})
    answer = {"StatusCode": 400, "Message": "Endpoint id should be at most 1024 bytes."}
    assert results[fits]["EventsItemResponse"] == {"1": ACCEPTED}
    assert results[long] == {"EndpointItemResponse": answer, "EventsItemResponse": {"1": answer}}


@pytest.mark.parametrize(
    ("event_id", "title", "is_taken"),
    [
        ("é" * 170_000, "", True),
        ("é" * 200_000, "", False),
        ("\U0001f600" * 90_000, "", False),
        ("1", "\uffff" * 170_000, True),
        ("1", "\uffff" * 172_000, False),
    ],
)
def test_an_event_is_measured_as_it_is_written_into_a_message(
    doors: Doors, event_id: str, title: str, is_taken: bool
) -> None:
    body = json.dumps(body_of({event_id: {**EVENT, "AppTitle": title}}), ensure_ascii=False)
    answer = doors.put_events(body)["phone"]["EventsItemResponse"][event_id]
    assert answer["StatusCode"] == (202 if is_taken else 400)


def test_an_event_id_that_is_no_text_is_rejected_alone(
    doors: Doors, destination: FakeDestination
) -> None:
    answers = doors.put_events(body_of({"\udc00": EVENT, "é": EVENT}))["phone"][
        "EventsItemResponse"
    ]
    assert answers["\udc00"]["StatusCode"] == 400
    assert answers["é"] == ACCEPTED


def test_an_endpoint_without_events_is_delivered(
    doors: Doors, destination: FakeDestination
) -> None:
    results = doors.put_events(body_of({}, {"OptOut": "NONE"}))
    assert results["phone"] == {"EndpointItemResponse": ACCEPTED, "EventsItemResponse": {}}
    assert destination.endpoints == [("phone", {"OptOut": "NONE"})]


@pytest.mark.parametrize("code", [None, 429, 500, 503])
def test_what_the_destination_failed_is_queued_alone_and_answered_accepted(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, code: int | None
) -> None:
    destination.codes = {"2": code}
    results = doors.put_events(body_of({"1": EVENT, "2": EVENT}, {"OptOut": "NONE"}))
    assert results["phone"]["EventsItemResponse"] == {"1": ACCEPTED, "2": ACCEPTED}
    assert queue.events == [("my-app", "phone", "2")]
    # The endpoint's own data was delivered with event 1 and must not be sent again.
    assert queue.queued[0][1]["phone"].endpoint is None


def test_what_neither_destination_nor_queue_took_is_answered_500(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes, destination.endpoint_code, queue.broken = {"2": 500}, None, True
    results = doors.put_events(body_of({"1": EVENT, "2": EVENT}, {"OptOut": "NONE"}))
    assert results["phone"]["EventsItemResponse"]["1"] == ACCEPTED
    for told in (
        results["phone"]["EventsItemResponse"]["2"],
        results["phone"]["EndpointItemResponse"],
    ):
        assert told["StatusCode"] == 500
        assert told["Message"] != "Accepted"


def test_an_endpoint_that_failed_is_queued_without_its_delivered_events(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.endpoint_code = 500
    results = doors.put_events(body_of({"1": EVENT}, {"OptOut": "NONE"}))
    assert results["phone"]["EndpointItemResponse"] == ACCEPTED
    [(_, batch_item, _)] = queue.queued
    assert batch_item["phone"].endpoint == PublicEndpoint(OptOut="NONE")
    assert batch_item["phone"].events == {}


@pytest.mark.parametrize("code", [400, 404, 413])
def test_a_refusal_of_the_destination_is_passed_on(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, code: int
) -> None:
    destination.codes, destination.endpoint_code = {"2": code}, 400
    results = doors.put_events(body_of({"1": EVENT, "2": EVENT}, {"OptOut": "NONE"}))
    refused = {"StatusCode": code, "Message": f"code {code}"}
    assert results["phone"]["EventsItemResponse"] == {"1": ACCEPTED, "2": refused}
    assert results["phone"]["EndpointItemResponse"]["Message"] == "code 400"
    assert queue.queued == []


@pytest.mark.parametrize("message", [None, "", "accepted", 5])
def test_a_refusal_never_reads_as_success(
    doors: Doors, destination: FakeDestination, monkeypatch: pytest.MonkeyPatch, message: Any
) -> None:
    told = {"phone": {"EventsItemResponse": {"1": {"StatusCode": 400, "Message": message}}}}
    monkeypatch.setattr(destination, "deliver", lambda *_: told)
    answers = doors.put_events(body_of({"1": EVENT}))["phone"]["EventsItemResponse"]
    assert answers["1"] == {"StatusCode": 400, "Message": "Rejected by the destination."}


# --- requests that fail as a whole -----------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "status", "error"),
    [
        (http_event("{"), 400, "BadRequestException"),
        (http_event("[]"), 400, "BadRequestException"),
        (http_event("{}"), 400, "BadRequestException"),
        (http_event("x" * (4 * 1024 * 1024 + 1)), 413, "PayloadTooLargeException"),
        (http_event("{}", path="/v1/apps/unknown/events"), 404, "NotFoundException"),
        (http_event("{}", path="/v1/apps/unknown/events/legacy"), 404, "NotFoundException"),
        (http_event("{}", path="/v1/apps/my-app/other"), 404, "NotFoundException"),
        (http_event("{}", path="/"), 404, "NotFoundException"),
        (http_event("", method="GET"), 405, "MethodNotAllowedException"),
        (http_event("", method="DELETE"), 405, "MethodNotAllowedException"),
    ],
)
def test_a_request_that_fails_as_a_whole_gets_the_services_shape(
    doors: Doors, destination: FakeDestination, event: dict[str, Any], status: int, error: str
) -> None:
    event["headers"]["Origin"] = ORIGIN
    event["multiValueHeaders"]["Origin"] = [ORIGIN]
    got, body, headers = doors.answer(event)
    assert got == status
    assert set(body) == {"Message", "RequestID"}
    assert body["RequestID"] == "request-1"
    assert headers["x-amzn-ErrorType"] == error
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert destination.delivered == []


def test_our_own_bug_is_a_500_that_tells_nothing(
    doors: Doors, destination: FakeDestination, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: Any) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(api_handler, "ingest", bug)
    status, body, headers = doors.answer(http_event(body_of({"1": EVENT})))
    assert (status, headers["x-amzn-ErrorType"]) == (500, "InternalServerErrorException")
    assert body == {"Message": "Internal server error.", "RequestID": "request-1"}


def test_what_a_bug_of_the_destination_holds_up_is_queued(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(destination, "deliver", bug)
    monkeypatch.setattr(destination, "keep_rejected", bug)
    destination.keeps_rejected = True
    results = doors.put_events(body_of({"1": EVENT, "bad": {}}))
    told = {i: a["StatusCode"] for i, a in results["phone"]["EventsItemResponse"].items()}
    assert told == {"1": 202, "bad": 400}
    assert queue.events == [("my-app", "phone", "1")]


def test_with_the_end_near_everything_is_queued_and_nothing_else_is_called(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Context, "seconds_left", 20)
    destination.keeps_rejected = True
    results = doors.put_events(body_of({"1": EVENT, "bad": {}}))
    assert results["phone"]["EventsItemResponse"]["1"] == ACCEPTED
    assert queue.events == [("my-app", "phone", "1")]
    assert (destination.calls, destination.rejected) == ([], [])


def test_a_destination_that_is_down_is_left_alone_and_what_comes_is_queued(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes, destination.endpoint_code = {"1": 503}, None
    for _ in range(FAILURES + 3):
        doors.put_events(body_of({"1": EVENT}))
    doors.answer(http_event({"OptOut": "ALL"}, "/v1/apps/my-app/endpoints/phone", "PUT"))
    assert len(destination.calls) == FAILURES
    assert len(queue.queued) == FAILURES + 4
    doors.put_events(body_of({"2": EVENT}), path="/v1/apps/other-app/events")
    assert destination.delivered == [("other-app", "phone", "2")]


def test_a_destination_that_takes_endpoints_but_no_event_is_left_alone_too(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes = {"1": 503}
    for _ in range(FAILURES + 3):
        doors.put_events(body_of({"1": EVENT}))
    assert len(destination.calls) == FAILURES


def test_while_the_queue_is_down_too_the_destination_is_asked_each_time(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes, queue.broken = {"1": 503}, True
    for _ in range(FAILURES + 3):
        results = doors.put_events(body_of({"1": EVENT}))
        assert results["phone"]["EventsItemResponse"]["1"]["StatusCode"] == 500
    destination.codes = {}
    results = doors.put_events(body_of({"1": EVENT}))
    assert results["phone"]["EventsItemResponse"]["1"] == ACCEPTED


def test_any_content_type_and_gzip_are_read(doors: Doors, destination: FakeDestination) -> None:
    for content_type in ("text/plain;charset=UTF-8", "application/x-amz-json-1.1", "x/y"):
        data = gzip.compress(json.dumps(body_of({"1": EVENT})).encode())
        path = "/v1/apps/my-app/events/legacy"
        results = doors.put_events(data, path=path, headers={"Content-Type": content_type})
        assert results["phone"]["EventsItemResponse"]["1"] == ACCEPTED


def test_an_application_id_is_read_decoded(
    doors: Doors, destination: FakeDestination, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors.put_events(body_of({"1": EVENT}), path="/v1/apps/my%2Dapp/events")
    assert destination.delivered == [("my-app", "phone", "1")]


def test_with_the_queue_down_too_the_destination_is_asked_each_time(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes, destination.endpoint_code, queue.broken = {"1": 503}, None, True
    for _ in range(2 * FAILURES):
        doors.put_events(body_of({"1": EVENT}))
    destination.codes = {}
    assert doors.put_events(body_of({"1": EVENT}))["phone"]["EventsItemResponse"]["1"] == ACCEPTED
    assert len(destination.calls) == 2 * FAILURES + 1


@pytest.mark.parametrize("coding", ["deflate", "br", "zstd", "DEFLATE"])
@pytest.mark.parametrize("wbits", [zlib.MAX_WBITS, -zlib.MAX_WBITS])
def test_a_body_that_is_compressed_otherwise_is_unsupported(
    doors: Doors, coding: str, wbits: int
) -> None:
    packer = zlib.compressobj(wbits=wbits)
    data = packer.compress(json.dumps(body_of({"1": EVENT})).encode() * 3) + packer.flush()
    event = http_event(data, headers={"content-encoding": coding})
    status, answer, headers = doors.answer(event)
    assert (status, headers["x-amzn-ErrorType"]) == (415, "UnsupportedMediaTypeException")
    assert answer["Message"] == "Content-Encoding should be gzip or identity."
    # A header alone, over a body that is none of it, costs nothing.
    plain = http_event(body_of({"1": EVENT}), headers={"Content-Encoding": coding})
    assert doors.answer(plain)[0] == 202
    assert doors.answer(http_event(data))[0] == 400
    assert doors.answer(http_event(data, headers={"Content-Encoding": "gzip"}))[0] == 400


def test_what_an_endpoint_is_taken_without_is_logged(
    doors: Doors, destination: FakeDestination, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = {"EffectiveDate": "yesterday", "OptOut": "NONE"}
    request = {"BatchItem": {id_: {"Endpoint": endpoint, "Events": {}} for id_ in "ab"}}
    assert {item["EndpointItemResponse"]["Message"] for item in doors.put_events(request).values()}
    assert destination.endpoints == [("a", {"OptOut": "NONE"}), ("b", {"OptOut": "NONE"})]
    [line] = [record for record in caplog.records if record.message == "left out"]
    told: Any = line
    assert (told.count, told.example) == (2, "a")
    assert told.reason.endswith("with Z or +hh:mm. (EffectiveDate)")
