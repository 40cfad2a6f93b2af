"""An event in the shape of Pinpoint's event stream, with the ids that the stream lacked."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NotRequired, TypedDict

from pydantic_core import to_json

from putevents.wire.arrival import Arrival
from putevents.wire.locale_tag import language_and_country
from putevents.wire.schemas import EndpointResponse, Event, Session
from putevents.wire.timestamps import milliseconds

EVENT_VERSION = "3.0"
# Of records by one request: an endpoint stands in the record of each of its events, so that a small
# request can become large. The rest is for the queue.
MAX_WRITTEN_BYTES = 8 * 1024 * 1024


class Sdk(TypedDict, total=False):
    name: str
    version: str


class Application(TypedDict):
    app_id: str
    package_name: NotRequired[str]
    sdk: Sdk
    title: NotRequired[str]
    version_name: NotRequired[str]
    version_code: NotRequired[str]
    cognito_identity_pool_id: NotRequired[str]


class Client(TypedDict):
    client_id: str
    cognito_id: NotRequired[str]


class Locale(TypedDict, total=False):
    code: str
    country: str
    language: str


class Platform(TypedDict, total=False):
    name: str
    version: str


class Device(TypedDict):
    locale: Locale
    make: NotRequired[str]
    model: NotRequired[str]
    platform: Platform


class SessionRecord(TypedDict, total=False):
    session_id: str
    start_timestamp: int
    stop_timestamp: int
    duration: int


class Demographic(TypedDict, total=False):
    appversion: str
    locale: str
    make: str
    model: str
    modelversion: str
    platform: str
    platformversion: str
    timezone: str


class Location(TypedDict, total=False):
    city: str
    country: str
    latitude: float
    longitude: float
    postalcode: str
    region: str


class User(TypedDict, total=False):
    userattributes: dict[str, list[str]]
    userid: str


class EndpointRecord(TypedDict, total=False):
    """The endpoint as it was stored, in lower case as every engine over Parquet spells names."""

    id: str
    address: str
    attributes: dict[str, list[str]]
    channeltype: str
    cohortid: str
    creationdate: str
    demographic: Demographic
    effectivedate: str
    endpointstatus: str
    location: Location
    metrics: dict[str, float]
    optout: str
    requestid: str
    user: User


class EventRecord(TypedDict):
    """Timestamps are Unix time in ms. What nobody sent is left out, and null in a table."""

    event_type: str
    event_timestamp: int
    arrival_timestamp: int
    event_version: str
    event_id: str
    request_id: str
    application: Application
    client: Client
    device: Device
    session: SessionRecord
    attributes: dict[str, str]
    metrics: dict[str, float]
    endpoint: EndpointRecord


def event_records(
    application_id: str,
    endpoint_id: str,
    endpoint: EndpointResponse,
    events: dict[str, Event],
    arrival: Arrival,
    *,
    spell: Callable[[EndpointResponse], Mapping[str, Any]] | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Yield each event's id and its EventRecord as JSON; `endpoint` is the stored one, merged.

    `spell` says how a record names the endpoint's members, if not in lower case.
    """
    demographic = endpoint.get("Demographic", {})
    # The same for all events of the endpoint, so it is serialised once.
    caller = arrival.caller
    tail = b"," + endpoint_part(endpoint_id, endpoint, caller.cognito_id, spell)[1:]
    for event_id, event in events.items():
        own = {
            "event_type": event.event_type,
            "event_timestamp": milliseconds(event.timestamp),
            "arrival_timestamp": arrival.timestamp,
            "event_version": EVENT_VERSION,
            "event_id": event_id,
            "request_id": arrival.request_id,
            "application": _application(
                application_id, event, demographic.get("AppVersion"), caller.cognito_pool_id
            ),
            "session": _session(event.session) if event.session else {},
            "attributes": event.attributes or {},
            "metrics": event.metrics or {},
        }
        yield event_id, to_json(own)[:-1] + tail


def endpoint_part(
    endpoint_id: str,
    endpoint: EndpointResponse,
    cognito_id: str = "",
    spell: Callable[[EndpointResponse], Mapping[str, Any]] | None = None,
) -> bytes:
    """The members of a record that its endpoint's other events share, as JSON."""
    # Ids that differ in case only are one endpoint's, in the letters that came first.
    client: Client = {"client_id": endpoint.get("Id", endpoint_id)}
    if cognito_id:
        client["cognito_id"] = cognito_id
    device = _device(endpoint.get("Demographic", {}))
    return to_json({"client": client, "device": device, "endpoint": (spell or _lower)(endpoint)})


def _application(
    application_id: str, event: Event, version_name: str | None, cognito_pool_id: str
) -> dict[str, Any]:
    return {
        "app_id": application_id,
        "sdk": _given(name=event.sdk_name, version=event.client_sdk_version),
        **_given(
            package_name=event.app_package_name,
            title=event.app_title,
            version_name=version_name,
            version_code=event.app_version_code,
            cognito_identity_pool_id=cognito_pool_id or None,
        ),
    }


def _device(demographic: dict[str, str]) -> dict[str, Any]:
    platform = demographic.get("Platform")
    return {
        "locale": _locale(demographic.get("Locale", "")),
        "platform": _given(
            # Android devices send "ANDROID"; the stream said "android".
            name=platform and platform.lower(),
            version=demographic.get("PlatformVersion"),
        ),
        **_given(make=demographic.get("Make"), model=demographic.get("Model")),
    }


def _locale(code: str) -> dict[str, Any]:
    language, country = language_and_country(code)
    return _given(code=code or None, country=country, language=language)


def _session(session: Session) -> dict[str, Any]:
    stop = session.stop_timestamp
    return {
        "session_id": session.id,
        "start_timestamp": milliseconds(session.start_timestamp),
        **_given(stop_timestamp=stop and milliseconds(stop), duration=session.duration),
    }


_NESTED = ("Demographic", "Location", "User")  # whose members are ours to name, not the client's


def _lower(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members' names in lower case; the keys that clients chose stay as they are."""
    return {
        name.lower(): _lower(value) if name in _NESTED else value
        for name, value in members.items()
        if name != "ApplicationId"
    }


def _given(**members: object) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
