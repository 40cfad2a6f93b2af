"""Quick paths give what careful ones give, and libraries do what they rest on."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import boto3
import pytest
from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core import AWSXRayRecorder
from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.lambda_launcher import LambdaContext as SdkContext
from botocore.config import Config
from pydantic_core import to_json

from putevents.destinations.pinpoint import PinpointDestination
from putevents.ingest.validate import FREE_TEXTS, MAX_BYTES_BESIDE, bytes_in_message
from putevents.observability import annotate
from putevents.time_left import TimeLeft
from putevents.trace_context import parse_trace_once, recorded
from putevents.wire import schemas
from putevents.wire.schemas import (
    Event,
    EventsRequest,
    PublicEndpoint,
    Session,
    ValidBatch,
    validate_alone,
)
from tests.unit.doors import ARRIVAL
from tests.upstream import Upstream, running_upstream

WIDE = "\uffff"  # an escape in a message, twice as long
TIMESTAMP = "2026-11-24T10:00:00.123456789+23:59"
EVENT = {
    "EventType": "tap",
    "Timestamp": TIMESTAMP,
    "Attributes": {f"{n:02}{WIDE * 48}": WIDE * 200 for n in range(40)},
    "Metrics": {f"{n:02}{WIDE * 48}": -1.2345678901234567e-300 for n in range(40)},
    "Session": {"Id": "", "StartTimestamp": TIMESTAMP, "StopTimestamp": TIMESTAMP, "Duration": 0},
}


def test_what_rules_limit_of_an_event_is_smaller_than_what_is_reckoned_for_it() -> None:
    largest = Event.model_validate(EVENT)

    assert bytes_in_message("", largest) < MAX_BYTES_BESIDE


def test_every_member_of_an_event_is_counted_or_limited() -> None:
    limited = {"timestamp", "attributes", "metrics", "session"}

    assert Event.model_fields.keys() - limited == set(FREE_TEXTS)
    assert Session.model_fields.keys() == {"id", "start_timestamp", "stop_timestamp", "duration"}


@pytest.mark.parametrize("text", ["plain", 'quoted "\\" \x01', "sm\u00f8rrebr\u00f8d \U0001f370"])
def test_a_whole_is_serialised_as_its_parts_are(text: str) -> None:
    event = Event.model_validate({**EVENT, "AppTitle": text})
    endpoint = PublicEndpoint.model_validate({"Attributes": {text: [text]}})
    batch = {"Endpoint": endpoint, "Events": {text: event}}

    whole = to_json(batch, by_alias=True, exclude_none=True)

    events = to_json(text) + b":" + event.wire
    assert whole == b'{"Endpoint":' + endpoint.wire + b',"Events":{' + events + b"}}"


@pytest.mark.parametrize(("timestamp", "calls"), [(TIMESTAMP, 0), ("today", 1)])
def test_only_a_part_that_breaks_a_rule_is_looked_at_in_python(
    timestamp: str, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = []

    def counting(*given: Any) -> Any:
        looked_at.append(given)
        return validate_alone(*given)

    monkeypatch.setattr(schemas, "validate_alone", counting)
    good = {"EventType": "tap", "Timestamp": TIMESTAMP}
    events = {"one": good, "two": {**good, "Timestamp": timestamp}}
    request = {"BatchItem": {"phone": {"Endpoint": {"EffectiveDate": TIMESTAMP}, "Events": events}}}

    EventsRequest.model_validate(request)

    assert len(looked_at) == calls


@pytest.fixture(name="forwarded")
def _forwarded(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What an upstream was sent, and what the destination made of its answer."""
    with running_upstream() as upstream:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PINPOINT", upstream.url)
        yield upstream


def test_botocore_sends_the_bytes_that_are_at_hand_and_hands_over_the_answer(
    forwarded: Upstream,
) -> None:
    """Three public events of botocore: provide-client-params, before-call, before-parse."""
    # Of a shape that botocore's own parser does not take.
    odd = {"StatusCode": "?", "Message": ["not a text"]}
    answer = {"phone": {"EndpointItemResponse": odd, "EventsItemResponse": {"one": odd}}}
    forwarded.answer = lambda request: (202, {"Results": answer})
    event = Event(EventType="tap", Timestamp="2026-11-24T10:00:00Z")
    batch = {"phone": ValidBatch(PublicEndpoint(), {"one": event})}

    answers = PinpointDestination().deliver("my-app", batch, {"phone": ARRIVAL}, TimeLeft())

    assert answers == answer
    [(_, sent)] = forwarded.requests
    assert sent["BatchItem"]["phone"]["Events"]["one"] == json.loads(event.wire)


@pytest.mark.parametrize(
    "name", ["provide-client-params", "before-call", "before-send", "needs-retry", "before-parse"]
)
def test_botocore_emits_the_events_that_are_listened_to(name: str, forwarded: Upstream) -> None:
    emitted = []
    client = boto3.client("pinpoint", config=Config(parameter_validation=False))
    client.meta.events.register(f"{name}.pinpoint.*", lambda **given: emitted.append(given))

    client.put_events(ApplicationId="my-app", EventsRequest={"BatchItem": {}})

    assert emitted


@pytest.fixture(name="recorder")
def _recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[AWSXRayRecorder]:
    """A recorder as on Lambda, in an invocation."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", header(1))
    was_enabled = global_sdk_config.sdk_enabled()
    global_sdk_config.set_sdk_enabled(True)  # Powertools switches it off elsewhere
    recorder = AWSXRayRecorder()
    recorder.context = SdkContext()
    yield recorder
    recorder.emitter._socket.close()
    global_sdk_config.set_sdk_enabled(was_enabled)


def header(number: int) -> str:
    started = int(datetime(2026, 11, 24, tzinfo=UTC).timestamp())
    return f"Root=1-{started:08x}-{number:024x};Parent=53995c3f42cd8ad8;Sampled=1"


def test_an_invocations_trace_is_parsed_once(
    recorder: AWSXRayRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse_trace_once(recorder)
    context = recorder.context
    parsed = []
    parse = SdkContext._refresh_context

    def counting(self: SdkContext) -> None:
        parsed.append(self)
        parse(self)

    monkeypatch.setattr(SdkContext, "_refresh_context", counting)

    traces = [context.get_trace_entity().trace_id for _ in range(3)]
    monkeypatch.setenv("_X_AMZN_TRACE_ID", header(2))
    traces += [context.get_trace_entity().trace_id for _ in range(3)]

    assert [int(trace[-24:], 16) for trace in traces] == [1, 1, 1, 2, 2, 2]
    assert len(parsed) == 2


def test_what_an_invocation_left_open_is_not_the_next_ones(
    recorder: AWSXRayRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse_trace_once(recorder)
    recorder.begin_subsegment("left open")
    assert recorder.current_subsegment().name == "left open"

    monkeypatch.setenv("_X_AMZN_TRACE_ID", header(2))

    assert recorder.current_subsegment() is None


def test_a_trace_is_sent_as_the_sdk_sends_it(
    recorder: AWSXRayRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent(record: Callable[[str], AbstractContextManager[Any]]) -> tuple[str, Any]:
        texts: list[str] = []
        monkeypatch.setattr(recorder.emitter, "_send_data", texts.append)
        with record("put_events") as whole, record("validate") as step:
            annotate(whole, "my-app", 3)
            with pytest.raises(ValueError, match="no"), record("deliver"):
                raise ValueError("no sm\u00f8rrebr\u00f8d \U0001f370")
            assert step.parent_id == whole.id
        if not texts:
            recorder.emitter.send_entity(whole)  # on Lambda it would have sent each step alone
        [text] = texts
        header, _, document = text.partition("\n")
        return header, without_chance(json.loads(document))

    theirs = sent(recorder.in_subsegment)
    sdk = recorder.emitter
    parse_trace_once(recorder)
    ours = sent(partial(recorded, recorder))

    assert recorder.emitter is not sdk
    assert ours == theirs


def without_chance(document: Any) -> Any:
    """A document of a trace with its ids, times and line numbers replaced."""
    if isinstance(document, list):
        return [without_chance(each) for each in document]
    if not isinstance(document, dict):
        return document
    chance = {"id", "start_time", "end_time", "line"}
    if document.get("name") != "put_events":
        chance.add("parent_id")
    return {
        name: type(value) if name in chance else without_chance(value)
        for name, value in document.items()
    }


def test_an_annotation_is_what_the_sdk_notes(recorder: AWSXRayRecorder) -> None:
    with recorder.in_subsegment("ours") as ours, recorder.in_subsegment("plain") as plain:
        annotate(ours, "my-app", 3)
        plain.put_annotation("application", "my-app")
        plain.put_annotation("events", 3)

    assert ours.annotations == plain.annotations


def test_without_a_trace_nothing_is_kept(
    recorder: AWSXRayRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse_trace_once(recorder)
    monkeypatch.delenv("_X_AMZN_TRACE_ID")

    assert not recorder.is_sampled()


def test_a_recorder_that_is_not_on_lambda_stays_as_it_is(recorder: AWSXRayRecorder) -> None:
    recorder.context = elsewhere = Context()

    parse_trace_once(recorder)

    assert recorder.context is elsewhere
