"""The wire format of PutEvents in Pinpoint's own words, with its limits."""

from collections.abc import Callable
from functools import cached_property
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    NotRequired,
    Self,
    TypedDict,
    TypeVar,
    get_args,
)

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.alias_generators import to_pascal
from pydantic_core import CoreSchema, core_schema

from putevents.wire.repeated import Repeated
from putevents.wire.rules import MISSING_ENDPOINT, FirstError, Rejection, Rule, broken
from putevents.wire.timestamps import Timestamp, milliseconds

MAX_REQUEST_BYTES = 4 * 1024 * 1024
MAX_EVENTS_PER_CALL = 100

ShapeT = TypeVar("ShapeT")
ChannelType = Literal[
    "PUSH", "GCM", "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "ADM",
    "SMS", "VOICE", "EMAIL", "BAIDU", "CUSTOM", "IN_APP",
]  # fmt: skip
# A user's oldest endpoint of these makes room for another one of them.
DEVICE_CHANNELS = ("ADM", "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "BAIDU", "GCM")


class _Unchecked:
    """Marks the ids of a map: a bad one would spoil the whole map, so `ingest` checks them."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.any_schema()


Id = Annotated[str, _Unchecked()]


def _not_null(text: str) -> BeforeValidator:
    """Reject null in the words for a member that was left out."""

    def check(value: Any) -> Any:
        if value is None:
            raise broken(text)
        return value

    return BeforeValidator(check)


NotEmpty = Annotated[str, Field(min_length=1)]

# The service's sentences say "less than" for limits that it includes. Of a map or a list the first
# error is told, and no others are looked for.
EventAttributes = Annotated[
    dict[
        Annotated[str, Rule("Event attribute key length should be less than 50.", max_length=50)],
        Annotated[
            str, Rule("Event attribute value length should be less than 200", max_length=200)
        ],
    ],
    Rule("Number of attributes per event submitted should be less than 40.", max_length=40),
    FirstError(),
]
EventMetrics = Annotated[
    dict[
        Annotated[str, Rule("Event metric key length should be less than 50.", max_length=50)],
        float,
    ],
    Rule("Number of metrics per event submitted should be less than 40.", max_length=40),
    FirstError(),
]
EndpointAttributes = Annotated[
    dict[
        Annotated[
            str, Rule("Endpoint attribute key length should be less than 50.", max_length=50)
        ],
        Annotated[
            list[
                Annotated[
                    str,
                    Rule("Endpoint attribute value length should be less than 100", max_length=100),
                ]
            ],
            Rule("Number of values per endpoint attribute should be less than 50.", max_length=50),
            FirstError(),
        ],
    ],
    FirstError(),
]
EndpointMetrics = Annotated[
    dict[
        Annotated[str, Rule("Endpoint metric key length should be less than 50.", max_length=50)],
        float,
    ],
    FirstError(),
]


class _Alone:
    """Marks a member that is rejected alone: what breaks a rule in it becomes a Rejection."""

    def __init__(self, if_null: Rejection | None = None) -> None:
        self._if_null = if_null  # what null is, where leaving out breaks a rule of its own

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        shape = get_args(source)[0]  # of `Shape | Rejection`

        def reject_alone(value: Any, validate: Callable[[Any], Any]) -> Any:
            if isinstance(value, Repeated):
                return value.rejection
            if value is None and self._if_null:
                return self._if_null
            return validate_alone(value, validate, shape)

        plain = handler.generate_schema(shape)
        careful = core_schema.no_info_wrap_validator_function(reject_alone, plain)
        # Nearly every part is valid, and costs no call of Python then.
        return core_schema.union_schema([plain, careful], mode="left_to_right")


def validate_alone(
    value: Any, validate: Callable[[Any], ShapeT], shape: type[Any]
) -> ShapeT | Rejection:
    """Validate one part; null in a map or list of it counts as left out."""
    try:
        return validate(value)
    except ValidationError as error:
        # Only what breaks a rule is looked through, so that everything else is as quick as can be.
        cleaned = _without_nulls(value)
        if cleaned == value:
            return Rejection.of(error, shape)
    try:
        return validate(cleaned)
    except ValidationError as error:
        return Rejection.of(error, shape)


def _without_nulls(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    return {name: _cleaned(value, _NESTED) for name, value in part.items()}


_NESTED = 3  # User, UserAttributes and the list of a key: no known member is nested deeper


def _cleaned(value: Any, levels: int) -> Any:
    if levels and isinstance(value, dict):
        return {k: _cleaned(v, levels - 1) for k, v in value.items() if v is not None}
    if levels and isinstance(value, list):
        return [_cleaned(v, levels - 1) for v in value if v is not None]
    return value


class Shape(BaseModel):
    """A structure of the service model; its unknown members are ignored, its types are strict."""

    model_config = ConfigDict(
        alias_generator=to_pascal,
        strict=True,
        extra="ignore",
        allow_inf_nan=False,
        hide_input_in_errors=True,
        # No text is longer. A text with any limit is checked for half a surrogate pair too, which
        # no destination can store: so each text of each shape is, also the keys of maps.
        str_max_length=MAX_REQUEST_BYTES,
    )

    @cached_property
    def wire(self) -> bytes:
        """The JSON that goes on the wire, made once however often it is measured and sent."""
        return self.__pydantic_serializer__.to_json(self, by_alias=True, exclude_none=True)


def _is_stop_minus_start(duration: int, session: ValidationInfo) -> int:
    # amplify-android sends a running Duration without StopTimestamp on every event.
    start, stop = session.data.get("start_timestamp"), session.data.get("stop_timestamp")
    # Whole milliseconds on both sides: Flutter counts in ms but sends microseconds.
    if start and stop and milliseconds(stop) - milliseconds(start) != duration:
        raise broken(
            "Session duration in milliseconds must be equal to the difference of start and"
            " stop timestamp"
        )
    return duration


class Session(Shape):
    id: str
    start_timestamp: Timestamp
    stop_timestamp: Timestamp | None = None
    # A bigint of any table. It stands behind the members that it is checked against.
    duration: (
        Annotated[int, Field(ge=-(2**63), lt=2**63), AfterValidator(_is_stop_minus_start)] | None
    ) = None


class Event(Shape):
    event_type: NotEmpty
    timestamp: Timestamp
    app_package_name: str | None = None
    app_title: str | None = None
    app_version_code: str | None = None
    attributes: EventAttributes | None = None
    client_sdk_version: NotEmpty | None = None
    metrics: EventMetrics | None = None
    sdk_name: str | None = None
    session: Session | None = None


class EndpointDemographic(Shape):
    app_version: str | None = None
    locale: str | None = None
    make: str | None = None
    model: str | None = None
    model_version: str | None = None
    platform: str | None = None
    platform_version: str | None = None
    timezone: str | None = None


class EndpointLocation(Shape):
    city: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    postal_code: str | None = None
    region: str | None = None


class EndpointUser(Shape):
    user_attributes: EndpointAttributes | None = None
    user_id: str | None = None


class PublicEndpoint(Shape):
    address: str | None = None
    attributes: EndpointAttributes | None = None
    channel_type: ChannelType | None = None
    demographic: EndpointDemographic | None = None
    # A phone's clock is not worth an endpoint: `ingest` leaves out what is no date.
    effective_date: Annotated[Timestamp | Rejection, _Alone()] | None = None
    endpoint_status: str | None = None
    location: EndpointLocation | None = None
    metrics: EndpointMetrics | None = None
    opt_out: str | None = None
    request_id: str | None = None
    user: EndpointUser | None = None

    @model_validator(mode="after")
    def _within_endpoint_rules(self) -> Self:
        # The other way round, a channel without an address, is what real devices send and is fine.
        if self.address and self.channel_type is None:
            raise broken("Missing ChannelType", "Address")
        names = [self.attributes, self.metrics, self.user and self.user.user_attributes]
        if sum(len(group) for group in names if group) > 250:
            raise broken("Number of attributes per endpoint submitted should be less than 250.")
        return self


# What the wire says of an endpoint that there is nothing to say of.
NO_UPDATE = PublicEndpoint()


class EndpointBatchItem(PublicEndpoint):
    id: str

    @property
    def endpoint(self) -> PublicEndpoint:
        """The item without the id that it is filed under."""
        members = {name: getattr(self, name) for name in PublicEndpoint.model_fields}
        return PublicEndpoint.model_construct(self.model_fields_set - {"id"}, **members)


class EndpointBatchRequest(Shape):
    """The body of UpdateEndpointsBatch; an item that breaks a rule is rejected alone."""

    item: Annotated[
        list[Annotated[EndpointBatchItem | Rejection, _Alone()]],
        Rule("Number of endpoints per batch should be at most 100.", max_length=100),
    ]


class EventsBatch(Shape):
    """What one endpoint sends: itself, and its events by id."""

    endpoint: Annotated[PublicEndpoint | Rejection, _Alone(MISSING_ENDPOINT)] = MISSING_ENDPOINT
    events: Annotated[dict[Id, Annotated[Event | Rejection, _Alone()]], _not_null("Missing Events")]


class ValidBatch(NamedTuple):
    """The parts of an EventsBatch that break no rule.

    The endpoint is None if there is nothing to deliver of it: it was rejected, or it was delivered
    with another piece. An empty one has to be delivered: it makes the endpoint exist.
    `order` is the endpoint's place among those of its request. `stored` is what it was when its
    events came in; only a part that has waited on the queue brings it along.
    """

    endpoint: PublicEndpoint | None
    events: dict[str, Event]
    order: int = 0
    stored: "EndpointResponse | None" = None


class EventsRequest(Shape):
    """The body of PutEvents: an EventsBatch per endpoint id."""

    batch_item: Annotated[
        dict[Id, Annotated[EventsBatch | Rejection, _Alone()]], _not_null("Missing BatchItem")
    ]

    @property
    def event_count(self) -> int:
        """How many events it holds, good or not."""
        batches = self.batch_item.values()
        return sum(len(batch.events) for batch in batches if isinstance(batch, EventsBatch))


# Built when the queue door first needs it: the other one starts without.
_ONLY_QUEUED = ConfigDict(defer_build=True)


class StoredEndpoint(PublicEndpoint):
    """An endpoint as it was stored when its events came in."""

    model_config = _ONLY_QUEUED

    id: str
    # Unknown where the first destination tells nothing of endpoints.
    cohort_id: str | None = None
    creation_date: Timestamp | None = None

    @model_validator(mode="after")
    def _within_endpoint_rules(self) -> Self:
        return self  # it was, and is shown with what it shares with its user's other endpoints

    @property
    def response(self) -> "EndpointResponse":
        """The endpoint as a destination gave it."""
        left_out = {"effective_date"} if isinstance(self.effective_date, Rejection) else set()
        found: EndpointResponse = self.model_dump(  # type: ignore[assignment]
            by_alias=True, exclude_none=True, exclude=left_out
        )
        return found


class AsOfArrival(Shape):
    """What rides along with a part that waits: its place in its request, and its endpoint then."""

    model_config = _ONLY_QUEUED

    order: Annotated[int, Field(ge=0, lt=100_000)] = 0
    endpoint: StoredEndpoint | None = None


class QueueMessage(Shape):
    """The body of an SQS message: what `aws pinpoint put-events --cli-input-json` takes.

    `as_of_arrival` is in our own only, by endpoint id. What a producer wrote there instead costs no
    event.
    """

    model_config = _ONLY_QUEUED

    application_id: str
    events_request: EventsRequest
    as_of_arrival: Annotated[
        dict[Id, Annotated[AsOfArrival | Rejection, _Alone()]] | None,
        BeforeValidator(lambda found: found if isinstance(found, dict) else None),
    ] = None


class EndpointItemResponse(TypedDict):
    StatusCode: int
    Message: str


class EventItemResponse(TypedDict):
    StatusCode: int
    Message: str


class ItemResponse(TypedDict):
    EndpointItemResponse: EndpointItemResponse
    EventsItemResponse: dict[str, EventItemResponse]


class StoredItemResponse(ItemResponse):
    """The answer of a destination that keeps endpoints: with the one that the events show.

    It rides along with the events that the destination did not take.
    """

    Stored: "EndpointResponse"
    # It was forgotten since its events came in, so that they are accepted and stored nowhere.
    Forgotten: NotRequired[bool]


class EventsResponse(TypedDict):
    Results: dict[str, ItemResponse]


class EndpointResponse(TypedDict, total=False):
    """A stored endpoint; what nobody ever sent is left out."""

    Address: str
    ApplicationId: str
    Attributes: dict[str, list[str]]
    ChannelType: str
    CohortId: str
    CreationDate: str
    Demographic: dict[str, str]
    EffectiveDate: str
    EndpointStatus: str
    Id: str
    Location: dict[str, str | float]
    Metrics: dict[str, float]
    OptOut: str
    RequestId: str
    User: dict[str, Any]
