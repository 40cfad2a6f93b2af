"""What each route takes and answers: its models, its good status and its errors."""

from dataclasses import dataclass
from typing import Any, get_args, get_origin, get_type_hints

from typing_extensions import TypedDict

from putevents.wire import schemas
from putevents.wire.schemas import EndpointBatchRequest, EventsRequest, PublicEndpoint
from tests.contract.enriched_shapes import REQUEST, EnrichedEventsResponse

_MADE: dict[type, Any] = {}


def _closed(annotation: Any) -> Any:
    """A TypedDict of an answer as a type that Pydantic describes, with no other members."""
    if get_origin(annotation):
        inner = tuple(_closed(part) for part in get_args(annotation))
        return annotation if inner == get_args(annotation) else get_origin(annotation)[inner]
    if not (isinstance(annotation, type) and hasattr(annotation, "__total__")):
        return annotation
    if annotation not in _MADE:
        members = {name: _closed(hint) for name, hint in get_type_hints(annotation).items()}
        made: Any = TypedDict(annotation.__name__, members, total=annotation.__total__)  # type: ignore[misc]
        made.__pydantic_config__ = {"extra": "forbid"}  # type: ignore[attr-defined]
        _MADE[annotation] = made
    return _MADE[annotation]


class _MessageBody(TypedDict):
    Message: str
    RequestID: str


class _EndpointsResponse(TypedDict):
    Item: list[schemas.EndpointResponse]


class _InAppMessagesResponse(TypedDict):
    InAppMessageCampaigns: list[dict[str, Any]]


for _shape in (_MessageBody, _EndpointsResponse, _InAppMessagesResponse):
    _shape.__name__ = _shape.__name__.removeprefix("_")


class Wire:
    """The shapes of answers, under their names in Pinpoint's service model."""

    MessageBody = _closed(_MessageBody)
    EventsResponse = _closed(schemas.EventsResponse)
    EnrichedEventsResponse = _closed(EnrichedEventsResponse)
    EndpointResponse = _closed(schemas.EndpointResponse)
    EndpointsResponse = _closed(_EndpointsResponse)
    InAppMessagesResponse = _closed(_InAppMessagesResponse)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A call, under its name in Pinpoint's service model."""

    name: str
    parameters: tuple[str, ...]
    answers: str
    response: Any
    status: int = 202
    request: Any = None
    takes: str = ""
    errors: tuple[int, ...] = ()
    tag: str = "Endpoints"


_ALWAYS = (400, 403, 404, 405, 500)
_BODY = (400, 403, 404, 405, 413, 415, 500)
_APP, _ENDPOINT, _USER = "application_id", "endpoint_id", "user_id"
_ROOT = "/v1/apps/<application_id>"
_ANSWERED = (
    "Each endpoint and event of the request, under its own id: accepted, rejected or failed."
)


def _put_events(name: str) -> Operation:
    return Operation(
        name=name,
        parameters=(_APP,),
        request=EventsRequest,
        takes="Endpoints and their events. Any content type is read as JSON, also gzipped.",
        response=Wire.EventsResponse,
        answers=_ANSWERED,
        errors=_BODY,
        tag="Events",
    )


def _stored(name: str, response: Any, status: int, *parameters: str) -> Operation:
    return Operation(
        name=name,
        parameters=(_APP, *parameters),
        response=response,
        answers="What is stored, or was until now.",
        status=status,
        errors=_ALWAYS,
        tag="Endpoints (endpointReads)",
    )


OPERATIONS: dict[tuple[str, str], Operation] = {
    ("POST", f"{_ROOT}/events"): _put_events("PutEvents"),
    ("POST", f"{_ROOT}/events/legacy"): _put_events("PutEventsLegacy"),
    ("POST", f"{_ROOT}/enriched-events"): Operation(
        name="EnrichedEvents",
        parameters=(_APP,),
        request=REQUEST,
        takes=(
            "Envelopes of Amplify's event enrichment: one, an array, or JSON Lines."
            " The content tells which; any content type is read, also gzipped."
        ),
        response=Wire.EnrichedEventsResponse,
        answers="Each envelope, in order: accepted, rejected or failed.",
        errors=_BODY,
        tag="Events",
    ),
    ("PUT", f"{_ROOT}/endpoints/<endpoint_id>"): Operation(
        name="UpdateEndpoint",
        parameters=(_APP, _ENDPOINT),
        request=PublicEndpoint,
        takes="The members to change; the others stay.",
        response=Wire.MessageBody,
        answers="Stored, or safely queued.",
        errors=_BODY,
    ),
    ("PUT", f"{_ROOT}/endpoints"): Operation(
        name="UpdateEndpointsBatch",
        parameters=(_APP,),
        request=EndpointBatchRequest,
        takes="Up to 100 endpoints, each with the members to change.",
        response=Wire.MessageBody,
        answers="All of them are stored, or safely queued.",
        errors=_BODY,
    ),
    ("GET", f"{_ROOT}/endpoints/<endpoint_id>"): _stored(
        "GetEndpoint", Wire.EndpointResponse, 200, _ENDPOINT
    ),
    ("DELETE", f"{_ROOT}/endpoints/<endpoint_id>"): _stored(
        "DeleteEndpoint", Wire.EndpointResponse, 202, _ENDPOINT
    ),
    ("GET", f"{_ROOT}/users/<user_id>"): _stored(
        "GetUserEndpoints", Wire.EndpointsResponse, 200, _USER
    ),
    ("DELETE", f"{_ROOT}/users/<user_id>"): _stored(
        "DeleteUserEndpoints", Wire.EndpointsResponse, 202, _USER
    ),
    ("GET", f"{_ROOT}/endpoints/<endpoint_id>/inappmessages"): Operation(
        name="GetInAppMessages",
        parameters=(_APP, _ENDPOINT),
        response=Wire.InAppMessagesResponse,
        answers="No campaign: in-app messages ended with Pinpoint.",
        status=200,
        errors=_ALWAYS,
    ),
}
