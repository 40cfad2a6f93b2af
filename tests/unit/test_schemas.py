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


# --- what real clients send (each rule and limit: tests/conformance) --------------------------


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
