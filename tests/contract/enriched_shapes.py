"""The envelope of an enriched event, and its answer, as docs/openapi.json describes them."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from putevents.wire.enriched_events import EARLIEST_TIME
from putevents.wire.schemas import EventAttributes, EventMetrics, Session

_YEAR_9999 = 253_402_300_799_999
_SESSION = Session.model_fields
_Time = Annotated[str, *_SESSION["start_timestamp"].metadata]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class EnrichedSdk(_Part):
    name: str | None = None
    version: str | None = None


class EnrichedApplication(_Part):
    app_id: Annotated[str | None, Field(description="That of the path.")] = None
    package_name: str | None = None
    sdk: EnrichedSdk | None = None
    title: str | None = None
    version_code: str | None = None
    version_name: str | None = None


class EnrichedClient(_Part):
    client_id: str
    user_id: str | None = None


class EnrichedLocale(_Part):
    code: str | None = None


class EnrichedPlatform(_Part):
    name: str | None = None
    version: str | None = None


class EnrichedDevice(_Part):
    locale: EnrichedLocale | None = None
    make: str | None = None
    model: str | None = None
    platform: EnrichedPlatform | None = None


class EnrichedSession(_Part):
    id: str
    start_timestamp: _Time
    stop_timestamp: _Time | None = None
    duration: int | None = None


class EnrichedEvent(_Part):
    event_type: Annotated[str, Field(min_length=1)]
    event_timestamp: Annotated[
        int,
        Field(
            ge=EARLIEST_TIME,
            le=_YEAR_9999,
            description="Unix time in milliseconds, of 2000 or later.",
        ),
    ]
    client: EnrichedClient
    event_id: Annotated[
        str | None, Field(description="Made of the content if the sender gives none.")
    ] = None
    application: EnrichedApplication | None = None
    attributes: EventAttributes | None = None
    device: EnrichedDevice | None = None
    metrics: EventMetrics | None = None
    session: EnrichedSession | None = None


class EnrichedEventResponse(TypedDict):
    EventId: str
    StatusCode: int
    Message: str


class EnrichedEventsResponse(TypedDict):
    Results: list[EnrichedEventResponse]


REQUEST: Any = EnrichedEvent | list[EnrichedEvent]


def say_what_is_accepted(shapes: dict[str, Any], id_: dict[str, Any], nulls: Any) -> None:
    """Change the schemas of an envelope into what the gateway accepts."""
    shapes["EnrichedClient"]["properties"]["client_id"] = id_
    duration = shapes["Session"]["properties"]["Duration"]
    shapes["EnrichedSession"]["properties"]["duration"] = duration
    nulls(shapes["EnrichedEvent"])
