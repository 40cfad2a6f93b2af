"""Envelopes of enriched events over HTTPS: what is read, what is stored of it, what is answered."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import putevents.ingest as ingest_steps
from putevents.wire.enriched_events import (
    EARLY_TIME,
    MICROSECONDS,
    NO_TIME,
    SECONDS,
    event_id_of,
    translate,
)
from putevents.wire.rules import MAX_CHANGES, MAX_PARTS, Rejection
from putevents.wire.schemas import Event
from putevents.wire.timestamps import NO_DATE
from tests.unit.doors import Doors, FakeDestination, FakeQueue, http_event
from tests.unit.enriched_samples import (
    AT,
    EXAMPLES,
    PATH,
    PLATFORMS,
    envelope,
    example,
    send,
    statuses,
)

TIME = "2026-11-25T10:10:02.123Z"


def translated(one: Any) -> Event:
    event = translate(one, "my-app").event
    assert isinstance(event, Event), event
    return event


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_examples_of_the_platforms_are_accepted_as_they_are(
    platform: str, doors: Doors, destination: FakeDestination
) -> None:
    text = (EXAMPLES / f"{platform}.json").read_text()
    app_id = json.loads(text)["application"]["app_id"]
    doors = Doors(destination, FakeQueue(), APPLICATION_IDS=app_id)
    [result] = doors.put_events(text, path=f"/v1/apps/{app_id}/enriched-events")
    assert result == {"EventId": result["EventId"], "StatusCode": 202, "Message": "Accepted"}


def test_an_envelope_says_what_put_events_says() -> None:
    told = translate(example("android"), "my-app")
    assert json.loads(translated(example("android")).wire) == {
        "EventType": "checkout_done",
        "Timestamp": TIME,
        "SdkName": "shop",
        "ClientSdkVersion": "4.2",
        "Attributes": {"plan": "pro"},
        "Metrics": {"total": 12.0},
        "Session": {
            "Id": "shop-app-9b2d41aa-20261125-101000000",
            "StartTimestamp": "2026-11-25T10:10:00.000Z",
        },
    }
    assert told.client_id == "0b7e7c62-5a2f-4c0e-9a55-1d0f0c4f2a10"
    assert {".".join(path): text for path, text in told.facts.items()} == {
        "User.UserId": "u-77",
        "Demographic.Locale": "de_DE",
        "Demographic.Make": "Google",
        "Demographic.Model": "Pixel 9",
        "Demographic.Platform": "Android",
        "Demographic.PlatformVersion": "16",
    }


def test_what_an_app_says_of_itself_is_kept() -> None:
    application = {
        "app_id": "my-app", "package_name": "com.example", "version_name": "4.2",
        "version_code": "42", "title": "Shop", "sdk": {"name": "shop", "version": ""},
    }  # fmt: skip
    told = translate(envelope(application=application), "my-app")
    assert json.loads(translated(envelope(application=application)).wire) == {
        "EventType": "hello", "Timestamp": TIME, "AppPackageName": "com.example",
        "AppTitle": "Shop", "AppVersionCode": "42", "SdkName": "shop",
    }  # fmt: skip
    assert dict(told.facts) == {("Demographic", "AppVersion"): "4.2"}


@pytest.mark.parametrize("session_id", ["shop____-9B2D41AA-20261125", "____shop-9b2d-20261125"])
def test_session_ids_are_kept_as_they_are_padded(session_id: str) -> None:
    session = {"id": session_id, "start_timestamp": "2026-11-25T10:10:00.000412Z"}
    found = translated(envelope(session=session)).session
    assert found is not None
    assert (found.id, found.start_timestamp) == (session_id, session["start_timestamp"])


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (AT, TIME), (float(AT), TIME), (946_684_800_000, "2000-01-01T00:00:00.000Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ("2026-11-25T10:10:02Z", "2026-11-25T10:10:02Z"),
    ],
)  # fmt: skip
def test_the_time_is_in_milliseconds(at: Any, text: str) -> None:
    assert translated(envelope(event_timestamp=at)).timestamp == text


@pytest.mark.parametrize(
    "at", [True, 0.5, 1e30, 10**400, [], float("inf"), float("nan"), str(AT), "yesterday"]
)
def test_what_is_no_time_is_rejected(at: Any) -> None:
    event = translate(envelope(event_timestamp=at), "my-app").event
    assert isinstance(event, Rejection)
    assert event == NO_TIME


@pytest.mark.parametrize(
    ("at", "told"),
    [
        *((at, SECONDS) for at in (AT // 1000, 946_684_800, 946_684_799_999)),
        *((at, EARLY_TIME) for at in (0, -1, -0.0, -1e30, -(10**400), 946_684_799)),
        *((at, MICROSECONDS) for at in (AT * 1000, AT * 1e3, 946_684_800_000_000)),
        *((at, NO_TIME) for at in (AT * 10**6, 253_402_300_800_000)),
    ],
)
def test_other_units_are_not_taken_for_milliseconds(at: Any, told: Rejection) -> None:
    assert translate(envelope(event_timestamp=at), "my-app").event == told


def test_a_date_elsewhere_is_no_number() -> None:
    told = translate(envelope(session={"id": "s", "start_timestamp": str(AT)}), "my-app").event
    assert isinstance(told, Rejection)
    assert (told.rule, told.key) == (NO_DATE, "session.start_timestamp")


SAME = (
    '{"event_type":"a","metrics":{"n":12.0},"attributes":{"p":"\\/x"},"client":{"client_id":"c"}}',
    '{"client":{"client_id":"c"},"metrics":{"n":12},"attributes":{"p":"/x"},"event_type":"a"}',
    '{"client":{"client_id":"c","user_id":null},"metrics":{"n":12},"attributes":{"p":"/x"},'
    '"event_type":"a","arrival_timestamp":5}',
)


def test_a_derived_id_is_of_the_content_and_not_of_its_spelling() -> None:
    ids = [event_id_of(json.loads(text), "my-app") for text in SAME]
    assert len(set(ids)) == 1
    other = json.loads(SAME[0])
    others = [
        {**other, "metrics": {"n": 13}}, {**other, "metrics": {"n": True}},
        {**other, "event_type": "b"}, {**other, "session": {"id": "s"}},
        {**other, "client": {"client_id": "d"}}, {**other, "event_timestamp": 1},
    ]  # fmt: skip
    assert len({*ids, *(event_id_of(one, "my-app") for one in others)}) == 1 + len(others)
    assert event_id_of(other, "other-app") not in ids


def test_an_id_of_the_senders_is_taken(doors: Doors, destination: FakeDestination) -> None:
    [given, none, empty] = send(
        doors, [envelope(event_id="Mine"), envelope(event_id=None), envelope(event_id="")]
    )
    assert given["EventId"] == "Mine"
    assert none == empty
    assert none["EventId"] == event_id_of(envelope(), "my-app")
    assert destination.delivered == [
        ("my-app", "phone", "Mine"),
        ("my-app", "phone", none["EventId"]),
    ]


FORMS: dict[str, Callable[[Any], Any]] = {
    "array": lambda found: json.dumps(found, indent=2),
    "lines": lambda found: "\n".join(map(json.dumps, found)),
    "lines of Windows, some empty": lambda found: (
        "\ufeff" + "\r\n\r\n".join(map(json.dumps, found)) + "\r\n"
    ),
    "gzip": lambda found: gzip.compress(json.dumps(found).encode()),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_content_tells_the_form(form: str, doors: Doors) -> None:
    found = [envelope(event_id=id_, attributes={"a": "\u2028x"}) for id_ in ("b", "a", "c")]
    results = doors.put_events(
        FORMS[form](found), path=PATH, headers={"Content-Type": "text/plain"}
    )
    assert [one["EventId"] for one in results] == ["b", "a", "c"]
    assert statuses(results) == [202, 202, 202]


def test_one_object_is_one_envelope_however_it_is_printed(doors: Doors) -> None:
    assert statuses(send(doors, json.dumps(envelope(), indent=2))) == [202]
    assert statuses(send(doors, json.dumps(envelope()))) == [202]
    assert statuses(send(doors, json.dumps(envelope()) + "\n")) == [202]


def test_no_envelopes_get_no_answers(doors: Doors, destination: FakeDestination) -> None:
    assert send(doors, []) == []
    assert not destination.calls


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400), ("12", 400), ('"x"', 400), ("null", 400), ("{", 400), ("not\njson", 400),
        ('[{"a": 1}', 400), ('[{}]\n[{}]', 400), (json.dumps(envelope(), indent=2)[:-1], 400),
        (b"\xff", 400), (json.dumps([1] * (MAX_PARTS + 1)), 413), ("{}\n" * (MAX_PARTS + 1), 413),
        ("[" * 100_000, 400), (json.dumps([envelope(str(n)) for n in range(5001)]), 413),
        (b"\x1f\x8bx", 400),
    ],
)  # fmt: skip
def test_what_is_none_of_the_forms_is_rejected_whole(
    body: Any, status: int, doors: Doors, destination: FakeDestination
) -> None:
    found, answer, headers = doors.answer(http_event(body, PATH))
    assert (found, set(answer)) == (status, {"Message", "RequestID"})
    assert headers["x-amzn-ErrorType"].endswith("Exception")
    assert not destination.calls


def test_other_methods_and_applications_are_answered_as_everywhere(doors: Doors) -> None:
    status, _, headers = doors.answer(http_event("", PATH, "GET"))
    assert (status, headers["Allow"]) == (405, "POST")
    assert doors.call("POST", "/v1/apps/unknown/enriched-events", "{}")[0] == 404


BAD: dict[str, tuple[Any, str]] = {
    "no object": (12, "Should be an object."),
    "no client": ({**envelope(), "client": None}, "Missing client id (client.client_id)"),
    "no client id": (envelope(""), "Missing client id (client.client_id)"),
    "a client that is a text": ({**envelope(), "client": "x"}, "Should be an object. (client)"),
    "a client id of another type": (
        {**envelope(), "client": {"client_id": 1}},
        "Input should be a valid string (client.client_id)",
    ),
    "a client id that no endpoint can have": (
        envelope("a$"), "Endpoint id should be text without $, { and }. (client.client_id)"
    ),
    "another application": (
        {**envelope(), "application": {"app_id": "other-app"}},
        "The application of the event should be that of the path. (application.app_id)",
    ),
    "no type": ({**envelope(), "event_type": None}, "Missing EventType (event_type)"),
    "no time": ({**envelope(), "event_timestamp": None}, "Missing Timestamp (event_timestamp)"),
    "an attribute of another type": (
        envelope(attributes={"plan": 1}), "Input should be a valid string (attributes.plan)"
    ),
    "a long attribute": (
        envelope(attributes={"session.id": "x" * 201}),
        "Event attribute value length should be less than 200 (attributes.session.id)",
    ),
    "a metric that is a text": (
        envelope(metrics={"total": "1"}), "Input should be a valid number (metrics.total)"
    ),
    "no session id": (
        envelope(session={"start_timestamp": TIME}), "Missing Session.Id (session.id)"
    ),
    "a session time of another type": (
        envelope(session={"id": "s", "start_timestamp": AT}),
        "Input should be a valid string (session.start_timestamp)",
    ),
    "a session that is a text": (envelope(session="s"), "Should be an object. (session)"),
    "a device that is a list": (envelope(device=[]), "Should be an object. (device)"),
    "a platform that is a text": (
        envelope(device={"platform": "ios"}), "Should be an object. (device.platform)"
    ),
    "a model of another type": (
        envelope(device={"model": 9}), "Input should be a valid string (device.model)"
    ),
    "a version that is an object": (
        envelope(application={"sdk": {"version": {}}}),
        "Input should be a valid string (application.sdk.version)",
    ),
    "half a surrogate pair": (
        envelope(device={"make": "\ud800"}), "Text should be valid Unicode. (device.make)"
    ),
    "an event id of another type": (
        envelope(event_id=7), "Input should be a valid string (event_id)"
    ),
    "an event id that is no Unicode": (
        envelope(event_id="\ud800"), "Event id should be valid Unicode. (event_id)"
    ),
    "a large endpoint": (
        envelope(device={"make": "x" * 20_000}), "Endpoint size should be at most 15 KB. (device)"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_envelope_is_rejected_alone(
    name: str, doors: Doors, destination: FakeDestination
) -> None:
    bad, message = BAD[name]
    results = send(doors, [envelope("tablet", event_id="1"), bad, envelope("tablet", event_id="2")])
    assert statuses(results) == [202, 400, 202]
    assert results[1]["Message"] == message
    assert [event_id for _, _, event_id in destination.delivered] == ["1", "2"]
    assert destination.updated == [("my-app", "tablet")]  # nothing of the bad one counts


def test_a_bad_line_is_rejected_alone(doors: Doors, destination: FakeDestination) -> None:
    destination.keeps_rejected = True
    lines = [json.dumps(envelope()), '{"event_type": "cut', "12", json.dumps(envelope("b"))]
    results = send(doors, "\n".join(lines))
    assert statuses(results) == [202, 400, 400, 202]
    assert results[1]["Message"] == "The line is not valid JSON."
    assert [part.raw for _, part in destination.rejected] == [lines[1], 12]
    assert results == send(doors, "\n".join(lines))


def test_what_was_rejected_is_kept_as_it_came(doors: Doors, destination: FakeDestination) -> None:
    destination.keeps_rejected = True
    bad = envelope(event_id="e", attributes={"a": 1}, metrics={"n": 12.0})
    deep: Any = "end"
    for _ in range(100):
        deep = [deep]
    nested = envelope(
        "b", event_type=None, deep=deep, more=json.loads('{"a":' * 70 + "1" + "}" * 70)
    )
    send(doors, [bad, envelope(), nested])
    [(_, part), (_, other)] = destination.rejected
    assert (part.endpoint_id, part.event_id, part.raw) == ("phone", "e", bad)
    assert part.rule == "Input should be a valid string"
    assert {**other.raw, "deep": None, "more": None} == {**nested, "deep": None, "more": None}
    assert json.dumps(other.raw)


def test_the_same_event_twice_is_delivered_once(doors: Doors, destination: FakeDestination) -> None:
    destination.keeps_rejected = True
    same, bad = envelope(metrics={"n": 12.0}), envelope("b", event_id="bad", event_type=None)
    results = send(
        doors, [same, envelope(metrics={"n": 12}), bad, dict(reversed(bad.items())), same]
    )
    assert statuses(results) == [202, 202, 400, 400, 202]
    assert len({one["EventId"] for one in results}) == 2
    assert len(destination.delivered) == 1
    assert len(destination.rejected) == 1


def test_different_events_with_one_id_are_rejected(
    doors: Doors, destination: FakeDestination
) -> None:
    destination.keeps_rejected = True
    first, second = envelope(event_id="1"), envelope("PHONE", event_id="1")
    bad, elsewhere = envelope(event_id="1", event_type=None), envelope("b", event_id="1")
    results = send(doors, [first, second, bad, first, elsewhere])
    assert statuses(results) == [400, 400, 400, 400, 202]
    texts = [one.get("Message") for one in results]
    assert texts[0] == texts[1] == texts[3] == "Duplicate event id (event_id)"
    assert texts[2] == "Missing EventType (event_type)"
    assert statuses(send(doors, [bad, {**bad, "event_timestamp": None}, bad])) == [400] * 3
    raws = {json.dumps(part.raw) for _, part in destination.rejected}
    assert json.dumps([first, bad]) in raws
    assert [e for _, e, _ in destination.delivered] == ["b"]


def test_a_good_event_and_a_bad_one_with_its_id_are_answered_each(doors: Doors) -> None:
    results = send(doors, [envelope(event_id="1", event_type=None), envelope(event_id="1")])
    assert statuses(results) == [400, 202]


def test_what_an_event_says_of_its_endpoint_is_delivered_in_order(
    doors: Doors, destination: FakeDestination
) -> None:
    found = [
        envelope(event_id="1"),
        envelope(event_id="2", user_id="ann"),
        envelope(event_id="3"),  # says nothing new
        envelope(event_id="4", user_id="bob"),
        envelope("Phone", event_id="5", user_id="bob"),
        envelope(event_id="6", user_id=""),
        envelope("tablet", event_id="7", user_id="ann"),
    ]
    assert statuses(send(doors, found)) == [202] * 7
    users = [e.get("User", {}).get("UserId") for id_, e in destination.endpoints if id_ == "phone"]
    assert users == [None, "ann", "bob", ""]
    assert [i for _, e, i in destination.delivered if e == "phone"] == list("123456")
    assert [a.order for a in destination.arrivals] == [0, 6, 1, 3, 5]


def test_more_states_of_an_endpoint_than_calls_are_made_for_are_rejected_whole(
    doors: Doors, destination: FakeDestination
) -> None:
    found = [envelope(event_id=str(n), user_id=str(n)) for n in range(MAX_CHANGES + 1)]
    assert doors.call("POST", PATH, found)[0] == 413
    assert not destination.calls
    assert statuses(send(doors, found[1:])) == [202] * MAX_CHANGES


def test_what_fails_is_queued_or_answered_500(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes = {"bad": 500, "no": 400}
    found = [envelope(event_id=id_) for id_ in ("good", "bad", "no")]
    assert statuses(send(doors, found)) == [202, 202, 400]
    assert queue.events == [("my-app", "phone", "bad")]
    queue.broken = True
    assert statuses(send(doors, found)) == [202, 500, 400]


def test_an_event_whose_endpoint_is_lost_is_sent_again(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.endpoint_code, queue.broken = 500, True
    assert statuses(send(doors, [envelope(user_id="ann")])) == [500]
    assert len(destination.delivered) == 1


def test_a_bug_is_answered_500(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(ingest_steps, "settle", bug)
    assert doors.call("POST", PATH, [envelope()])[0] == 500


def test_an_answer_that_would_be_too_large_is_rejected_whole(
    doors: Doors, destination: FakeDestination
) -> None:
    same = envelope(event_id='"' * 900)
    assert doors.call("POST", PATH, [same] * 1750)[0] == 413
    assert not destination.calls


def test_texts_of_a_destination_that_do_not_fit_are_shortened(destination: FakeDestination) -> None:
    class Wordy(FakeDestination):
        @staticmethod
        def _answer(code: int) -> dict[str, Any]:
            return {"StatusCode": code, "Message": "x" * 3_000}

    doors = Doors(Wordy(codes={"1": 400, "2": 400}), FakeQueue())
    found = [envelope(event_id="1"), envelope(event_id="2", user_id="a")]
    results = send(doors, [*found * 1_400, envelope("b", event_id="1")])
    assert {one["Message"] for one in results if one["StatusCode"] == 400} == {
        "Rejected by the destination."
    }
    [short] = send(doors, found[:1])
    assert short["Message"] == "x" * 3_000


def test_trusted_arrivals_are_those_of_each_event(destination: FakeDestination) -> None:
    doors = Doors(destination, FakeQueue(), TRUST_ARRIVAL="true")
    now = int(datetime.now(UTC).timestamp() * 1000)
    times = [now - 2000, now - 2000, now - 1000, now - 2000]
    headers = {"x-putevents-arrivals": ",".join(map(str, times))}
    found = [envelope(id_, event_id=str(n)) for n, id_ in enumerate(("a", "b", "a", "c"))]
    assert statuses(doors.put_events(found, path=PATH, headers=headers)) == [202] * 4
    assert sorted({a.timestamp for a in destination.arrivals}) == sorted(set(times))
    doors = Doors(destination, FakeQueue())
    doors.put_events(found, path=PATH, headers=headers)
    assert destination.arrivals[-1].timestamp >= now
