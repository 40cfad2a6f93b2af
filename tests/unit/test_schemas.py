"""The models are the service's own shapes, lenient where clients are, strict where it was."""

import json
from typing import Annotated, Any, get_args

import botocore.session
import pytest
from botocore.model import Shape as ServiceShape
from pydantic import BaseModel, ValidationError, create_model

from putevents.errors import BadRequestError
from putevents.ingest.validate import leave_out
from putevents.wire import schemas
from putevents.wire.body import parse, parse_alone
from putevents.wire.rules import Rejection, Rule
from putevents.wire.schemas import (
    EndpointBatchRequest,
    EventsBatch,
    EventsRequest,
    PublicEndpoint,
    Shape,
)
from putevents.wire.timestamps import milliseconds

SERVICE = botocore.session.get_session().get_service_model("pinpoint")
EVENT = {"EventType": "song.played", "Timestamp": "2026-11-24T10:00:00.000Z"}


def judged(event: Any = EVENT, endpoint: Any = None) -> EventsBatch:
    batch = {"Endpoint": {} if endpoint is None else endpoint, "Events": {"id": event}}
    request = parse(json.dumps({"BatchItem": {"phone": batch}}), EventsRequest)
    judged_batch = request.batch_item["phone"]
    assert isinstance(judged_batch, EventsBatch)
    return judged_batch


def refusal(**members: Any) -> str | None:
    """The text an event with these members is refused with, or None."""
    event = judged({**EVENT, **members}).events["id"]
    return event.message if isinstance(event, Rejection) else None


def endpoint_refusal(**members: Any) -> str | None:
    endpoint = judged(endpoint=members).endpoint
    return endpoint.message if isinstance(endpoint, Rejection) else None


# --- the models against the service model ----------------------------------------------------


def _kind(schema: dict[str, Any]) -> str:
    """The service model's word for the type of a field in a Pydantic JSON schema."""
    options = [o for o in schema.get("anyOf", [schema]) if o.get("type") != "null"]
    if "$ref" in options[0]:
        return "structure " + str(options[0]["$ref"]).rpartition("/")[2]
    kind = str(options[0]["type"])
    return {"object": "map", "array": "list", "number": "double"}.get(kind, kind)


def _service_kind(shape: ServiceShape) -> str:
    return f"structure {shape.name}" if shape.type_name == "structure" else shape.type_name


@pytest.mark.parametrize(
    "name",
    [
        "EventsRequest", "EventsBatch", "PublicEndpoint", "Event", "Session",
        "EndpointDemographic", "EndpointLocation", "EndpointUser", "EndpointBatchRequest",
        "EndpointBatchItem",
    ],
)  # fmt: skip
def test_a_model_has_the_service_models_fields_types_and_required_members(name: str) -> None:
    shape: Any = SERVICE.shape_for(name)
    model: type[BaseModel] = getattr(schemas, name)
    schema = model.model_json_schema(by_alias=True)
    fields = schema["properties"]

    assert set(fields) == set(shape.members)
    for member, member_shape in shape.members.items():
        assert _kind(fields[member]) == _service_kind(member_shape), member
    # A missing Endpoint is refused by itself, so that the events beside it still go.
    required = set(schema.get("required", [])) | ({"Endpoint"} if name == "EventsBatch" else set())
    # An item of a batch without an id could not be stored.
    required -= {"Id"} if name == "EndpointBatchItem" else set()
    assert required == set(shape.required_members)


def test_an_update_takes_the_members_that_put_events_takes() -> None:
    request: Any = SERVICE.shape_for("EndpointRequest")
    endpoint: Any = SERVICE.shape_for("PublicEndpoint")
    assert request.members.keys() == endpoint.members.keys()


def test_the_channel_types_are_the_service_models() -> None:
    shape: Any = SERVICE.shape_for("ChannelType")
    assert set(get_args(schemas.ChannelType)) == set(shape.enum)
    assert len(shape.enum) == 13


@pytest.mark.parametrize(
    "name",
    ["EventsResponse", "ItemResponse", "EndpointItemResponse", "EventItemResponse",
     "EndpointResponse"],
)  # fmt: skip
def test_an_answer_has_the_service_models_members(name: str) -> None:
    shape: Any = SERVICE.shape_for(name)
    assert set(getattr(schemas, name).__annotations__) == set(shape.members)


# --- limits: n is accepted, n+1 refused ------------------------------------------------------


@pytest.mark.parametrize(
    ("at_limit", "over", "text"),
    [
        (
            {"Attributes": {f"k{i}": "v" for i in range(40)}},
            {"Attributes": {f"k{i}": "v" for i in range(41)}},
            "Number of attributes per event submitted should be less than 40. (Attributes)",
        ),
        (
            {"Metrics": {f"k{i}": 1 for i in range(40)}},
            {"Metrics": {f"k{i}": 1 for i in range(41)}},
            "Number of metrics per event submitted should be less than 40. (Metrics)",
        ),
        (
            {"Attributes": {"k" * 50: "v"}},
            {"Attributes": {"k" * 51: "v"}},
            f"Event attribute key length should be less than 50. (Attributes.{'k' * 51})",
        ),
        (
            {"Metrics": {"é" * 50: 1}},
            {"Metrics": {"é" * 51: 1}},
            f"Event metric key length should be less than 50. (Metrics.{'é' * 51})",
        ),
        (
            {"Attributes": {"k": "v" * 200}},
            {"Attributes": {"k": "v" * 201}},
            "Event attribute value length should be less than 200 (Attributes.k)",
        ),
    ],
)
def test_an_event_at_a_limit_is_accepted_and_over_it_refused(
    at_limit: dict[str, Any], over: dict[str, Any], text: str
) -> None:
    assert refusal(**at_limit) is None
    assert refusal(**over) == text


def _attributes(count: int) -> dict[str, Any]:
    return {
        "Attributes": {f"a{i}": ["v"] for i in range(100)},
        "Metrics": {f"m{i}": 1 for i in range(100)},
        "User": {"UserAttributes": {f"u{i}": ["v"] for i in range(count - 200)}},
    }


@pytest.mark.parametrize(
    ("at_limit", "over", "text"),
    [
        (
            {"Attributes": {"k" * 50: ["v"]}},
            {"Attributes": {"k" * 51: ["v"]}},
            f"Endpoint attribute key length should be less than 50. (Attributes.{'k' * 51})",
        ),
        (
            {"Attributes": {"k": ["v" * 100]}},
            {"Attributes": {"k": ["v" * 101]}},
            "Endpoint attribute value length should be less than 100 (Attributes.k.0)",
        ),
        (
            {"User": {"UserAttributes": {"k": ["v"] * 50}}},
            {"User": {"UserAttributes": {"k": ["v"] * 51}}},
            "Number of values per endpoint attribute should be less than 50."
            " (User.UserAttributes.k)",
        ),
        (
            _attributes(250),
            _attributes(251),
            "Number of attributes per endpoint submitted should be less than 250.",
        ),
    ],
)
def test_an_endpoint_at_a_limit_is_accepted_and_over_it_refused(
    at_limit: dict[str, Any], over: dict[str, Any], text: str
) -> None:
    assert endpoint_refusal(**at_limit) is None
    assert endpoint_refusal(**over) == text


# --- what real clients send ------------------------------------------------------------------


@pytest.mark.parametrize(
    "timestamp",
    [
        "2023-05-03T16:22:19.597Z", "2019-02-10T19:48:57+00:00", "2026-01-02T03:04:05.123456Z",
        "2026-01-02T03:04:05.123456789-11:30", "2015-03-19T17:32:40Z", "2099-12-31T23:59:59.9Z",
    ],
)  # fmt: skip
def test_a_timestamp_of_a_real_client_is_accepted(timestamp: str) -> None:
    assert refusal(Timestamp=timestamp) is None


@pytest.mark.parametrize(
    "timestamp",
    [
        "", "not-a-date", "2026-01-02T03:04:05+0000", "2026-01-02", "2026-01-02T03",
        "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-02T25:00:00Z", "1487973802507",
        "2026-01-02T03:04:05.1234567890Z", "2026-01-02T03:04:05Z\n", "٢٠٢٦-01-02T03:04:05Z",
        "2026-01-02T24:00:00Z", "2026-01-02T03:04:60Z", "2026-01-02T03:60Z", "2026-01-02T03:04.5Z",
        "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05+01:60", "0000-01-02T03:04:05Z",
        "2026-01-02 03:04:05", "2026-01-02T03:04:05z", "2026-01-02T03:04:05+01", "20260102T030405Z",
    ],
)  # fmt: skip
def test_a_timestamp_that_the_service_refused_is_refused(timestamp: str) -> None:
    text = "Timestamp should be a date in ISO 8601 format with Z or +hh:mm. (Timestamp)"
    assert refusal(Timestamp=timestamp) == text


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ("2026-11-25T14:40:00.123456", "2026-11-25T14:40:00.123456Z"),  # Python's isoformat()
        ("2026-11-25T14:40:00", "2026-11-25T14:40:00Z"),
        ("2026-11-25T14:42Z", "2026-11-25T14:42:00Z"),  # AWS's Java samples
        ("2026-11-25T14:42+05:30", "2026-11-25T14:42:00+05:30"),
        ("2026-11-25T14:42", "2026-11-25T14:42:00Z"),
        ("2026-11-25T14:42:01.5-08:00", "2026-11-25T14:42:01.5-08:00"),
        ("2026-11-25T14:42:01.5Z", "2026-11-25T14:42:01.5Z"),
    ],
)
def test_a_timestamp_is_written_on_in_full(sent: str, written: str) -> None:
    times = {"StartTimestamp": sent, "StopTimestamp": sent, "Duration": 0}
    batch = judged(
        {**EVENT, "Timestamp": sent, "Session": {"Id": "s", **times}}, {"EffectiveDate": sent}
    )
    event, endpoint = batch.events["id"], batch.endpoint
    assert not isinstance(event, Rejection)
    assert not isinstance(endpoint, Rejection)
    wire = json.loads(event.wire)
    assert wire["Timestamp"] == written
    assert wire["Session"]["StartTimestamp"] == wire["Session"]["StopTimestamp"] == written
    assert json.loads(endpoint.wire) == {"EffectiveDate": written}
    assert milliseconds(written) == milliseconds(event.timestamp)


def session(**members: Any) -> dict[str, Any]:
    return {"Id": "s", "StartTimestamp": "2026-11-24T10:00:00.000Z", **members}


STOP = "2026-11-24T10:00:20.009Z"


@pytest.mark.parametrize(
    "members",
    [
        {"StopTimestamp": STOP, "Duration": 20009},
        {"StopTimestamp": "2026-11-24T12:00:20.009999+02:00", "Duration": 20009},
        {"StopTimestamp": STOP},
        {"Duration": 5123},  # amplify-android: a running duration, no stop
        {"Duration": 0},
        {},
    ],
)
def test_a_session_of_a_real_client_is_accepted(members: dict[str, Any]) -> None:
    assert refusal(Session=session(**members)) is None


def test_a_duration_must_be_the_difference_when_there_is_a_stop() -> None:
    assert refusal(Session=session(StopTimestamp=STOP, Duration=20008)) == (
        "Session duration in milliseconds must be equal to the difference of start and stop"
        " timestamp (Session.Duration)"
    )


@pytest.mark.parametrize(
    "endpoint",
    [
        {},
        {"Attributes": None, "Unknown": {"x": [1]}},
        {"ChannelType": "GCM"},  # without Address: aws-sdk-android sends that
        {"Location": {"City": "", "Country": "USA", "PostalCode": "", "Region": ""}},
        {"Demographic": {"Locale": "USA"}, "Metrics": {}, "User": {}},
        {"Attributes": {"cleared": []}, "OptOut": "NONE", "EndpointStatus": "INACTIVE"},
    ],
)
def test_an_endpoint_of_a_real_client_is_accepted(endpoint: dict[str, Any]) -> None:
    assert endpoint_refusal(**endpoint) is None


def test_an_address_needs_its_channel() -> None:
    assert endpoint_refusal(Address="jane@example.com") == "Missing ChannelType (Address)"


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"EventType": ""}, "String should have at least 1 character (EventType)"),
        ({"ClientSdkVersion": ""}, "String should have at least 1 character (ClientSdkVersion)"),
        ({"EventType": None}, "Input should be a valid string (EventType)"),
        ({"Attributes": {"k": 1}}, "Input should be a valid string (Attributes.k)"),
        ({"Attributes": {"k": ["v"]}}, "Input should be a valid string (Attributes.k)"),
        ({"Metrics": {"k": "1"}}, "Input should be a valid number (Metrics.k)"),
        ({"Metrics": {"k": True}}, "Input should be a valid number (Metrics.k)"),
        ({"Metrics": {"k": float("nan")}}, "Input should be a finite number (Metrics.k)"),
        ({"Metrics": {"k": float("-inf")}}, "Input should be a finite number (Metrics.k)"),
        ({"Session": {"Id": "s"}}, "Missing Session.StartTimestamp (Session.StartTimestamp)"),
        ({"Session": session(Duration=1.5)}, "Input should be a valid integer (Session.Duration)"),
    ],
)
def test_a_wrong_type_or_missing_member_is_refused_by_name(
    members: dict[str, Any], text: str
) -> None:
    assert refusal(**members) == text


@pytest.mark.parametrize("event", [None, 5, "text", [], True])
def test_an_event_that_is_no_object_is_refused(event: Any) -> None:
    assert judged(event).events["id"] == Rejection("Should be an object.", "")


def test_an_unknown_channel_refuses_the_endpoint_and_keeps_its_events() -> None:
    batch = judged(endpoint={"ChannelType": "PIGEON"})
    assert isinstance(batch.endpoint, Rejection)
    assert batch.endpoint.key == "ChannelType"
    assert not isinstance(batch.events["id"], Rejection)


@pytest.mark.parametrize(
    ("members", "kept"),
    [
        ({"Attributes": {"k": None, "l": "v"}}, {"Attributes": {"l": "v"}}),
        ({"Metrics": {"k": None, "l": 1.5}}, {"Metrics": {"l": 1.5}}),
        ({"Attributes": {"k": None}}, {"Attributes": {}}),
        (
            {"Attributes": {f"k{i}": None if i else "v" for i in range(60)}},
            {"Attributes": {"k0": "v"}},
        ),
        ({"Session": None, "AppTitle": None}, {}),
    ],
)
def test_null_in_an_event_is_left_out(members: dict[str, Any], kept: dict[str, Any]) -> None:
    event = judged({**EVENT, **members}).events["id"]
    assert not isinstance(event, Rejection)
    assert json.loads(event.wire) == {**EVENT, **kept}


def test_null_in_an_endpoint_is_left_out() -> None:
    sent = {
        "Attributes": {"k": None, "l": ["a", None, "b"], "m": [None]},
        "Metrics": {"k": None, "l": 1.0},
        "Demographic": {"Make": None, "Model": "m"},
        "Location": None,
        "EffectiveDate": None,
        "User": {"UserId": "u", "UserAttributes": {"k": None, "l": [None, "a"]}},
    }
    kept = {
        "Attributes": {"l": ["a", "b"], "m": []},
        "Metrics": {"l": 1.0},
        "Demographic": {"Model": "m"},
        "User": {"UserId": "u", "UserAttributes": {"l": ["a"]}},
    }
    endpoint = judged(endpoint=sent).endpoint
    assert not isinstance(endpoint, Rejection)
    assert json.loads(endpoint.wire) == kept
    alone = parse_alone(json.dumps(sent), PublicEndpoint)
    assert alone == endpoint
    items = parse(json.dumps({"Item": [{"Id": "a", **sent}]}), EndpointBatchRequest).item
    assert [item.endpoint.wire for item in items if not isinstance(item, Rejection)] == [
        endpoint.wire
    ]


def test_beside_null_the_rule_that_is_broken_is_told() -> None:
    text = "Input should be a valid string (Attributes.z)"
    assert refusal(Attributes={"a": None, "z": 5}) == text
    assert endpoint_refusal(Attributes={"a": None, "z": [5]}) == text.replace("z)", "z.0)")


@pytest.mark.parametrize("is_null", [True, False])
def test_null_for_a_part_is_the_same_as_leaving_it_out(is_null: bool) -> None:
    def batch(**members: Any) -> Any:
        left = {n: v for n, v in members.items() if is_null or v is not None}
        return parse(json.dumps({"BatchItem": {"phone": left}}), EventsRequest).batch_item["phone"]

    without_endpoint = batch(Endpoint=None, Events={"id": EVENT})
    assert isinstance(without_endpoint, EventsBatch)
    assert without_endpoint.endpoint == Rejection("Missing Endpoint", "Endpoint")
    assert not isinstance(without_endpoint.events["id"], Rejection)
    assert batch(Endpoint={}, Events=None) == Rejection("Missing Events", "Events")
    with pytest.raises(BadRequestError, match=r"^Missing BatchItem \(BatchItem\)$"):
        parse(json.dumps({"BatchItem": None} if is_null else {}), EventsRequest)


@pytest.mark.parametrize("date", ["today", "", 5, "2026-02-30T00:00:00Z", [], {"a": None}])
def test_an_effective_date_that_is_none_is_left_out(date: Any) -> None:
    endpoint = judged(endpoint={"EffectiveDate": date, "OptOut": "ALL"}).endpoint
    assert isinstance(endpoint, PublicEndpoint)
    left_out = leave_out(endpoint)
    assert left_out
    assert left_out.key == "EffectiveDate"
    assert json.loads(endpoint.wire) == {"OptOut": "ALL"}


def test_unknown_members_are_left_out_of_what_is_sent_on() -> None:
    event = judged({**EVENT, "Extra": 1, "AppTitle": None}).events["id"]
    assert not isinstance(event, Rejection)
    assert json.loads(event.wire) == EVENT


@pytest.mark.parametrize("body", ['{"BatchItem": null}', "{}", '{"BatchItem": []}', '{"Events":1}'])
def test_a_request_without_a_batch_item_is_refused_as_a_whole(body: str) -> None:
    with pytest.raises(BadRequestError, match="BatchItem"):
        parse(body, EventsRequest)


@pytest.mark.parametrize(
    ("annotated", "bad"),
    [
        (Annotated[str, Rule("Mine.", min_length=2)], "x"),
        (Annotated[list[int], Rule("Mine.", min_length=1)], []),
        (Annotated[int, Rule("Mine.", ge=1)], 0),
        (Annotated[int, Rule("Mine.", le=1)], 2),
        (Annotated[float, Rule("Mine.", gt=1)], 1.0),
        (Annotated[float, Rule("Mine.", lt=1)] | None, 1.0),
        (Annotated[dict[str, int], Rule("Mine.", max_length=0)] | None, {"a": 1}),
    ],
)
def test_each_constraint_of_a_rule_is_answered_with_its_text(annotated: Any, bad: Any) -> None:
    shape = create_model("Shaped", __base__=Shape, member=annotated)
    with pytest.raises(ValidationError) as caught:
        shape.model_validate({"Member": bad})
    assert Rejection.of(caught.value, shape) == ("Mine.", "Member")


@pytest.mark.parametrize(
    "annotated",
    [
        Annotated[str | None, Rule("Mine.", max_length=3)],
        Annotated[str | int, Rule("Mine.", max_length=3)],
        Annotated[str, Rule("Mine.", multiple_of=3)],
    ],
)
def test_a_rule_where_it_would_be_ignored_is_an_error(annotated: Any) -> None:
    with pytest.raises(TypeError, match="Mine"):
        create_model("Shaped", __base__=Shape, member=annotated)
