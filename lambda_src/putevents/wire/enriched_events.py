"""An enriched event's envelope, translated into the parts of an EventsRequest."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

from putevents.wire.enriched_body import NotJson
from putevents.wire.json_object import MAX_DEPTH
from putevents.wire.rules import BAD_EVENT_ID, Rejection
from putevents.wire.schemas import Event, PublicEndpoint, validate_alone
from putevents.wire.storable import is_unicode
from putevents.wire.timestamps import NO_DATE

Path = tuple[str, ...]
Facts = Mapping[Path, str]  # what an envelope says of its endpoint, by the place in PublicEndpoint

# Where each member of an event, and of what is said of its endpoint, stands in an envelope.
_OF_EVENT: dict[str, Path] = {
    "EventType": ("event_type",),
    "AppPackageName": ("application", "package_name"),
    "AppTitle": ("application", "title"),
    "AppVersionCode": ("application", "version_code"),
    "SdkName": ("application", "sdk", "name"),
    "ClientSdkVersion": ("application", "sdk", "version"),
    "Attributes": ("attributes",),
    "Metrics": ("metrics",),
}
_OF_SESSION = {
    "Id": "id",
    "StartTimestamp": "start_timestamp",
    "StopTimestamp": "stop_timestamp",
    "Duration": "duration",
}
_OF_ENDPOINT: dict[Path, Path] = {
    ("User", "UserId"): ("client", "user_id"),
    ("Demographic", "AppVersion"): ("application", "version_name"),
    ("Demographic", "Locale"): ("device", "locale", "code"),
    ("Demographic", "Make"): ("device", "make"),
    ("Demographic", "Model"): ("device", "model"),
    ("Demographic", "Platform"): ("device", "platform", "name"),
    ("Demographic", "PlatformVersion"): ("device", "platform", "version"),
}
_SPELLED = {
    "Timestamp": "event_timestamp",
    "Session": "session",
    "Endpoint": "device",
    **{f"Session.{name}": f"session.{key}" for name, key in _OF_SESSION.items()},
    **{name: ".".join(path) for name, path in _OF_EVENT.items()},
    **{".".join(name): ".".join(path) for name, path in _OF_ENDPOINT.items()},
}
# What two copies of an event may differ in: a sender's own id, and a time that says nothing.
_BESIDE = ("event_id", "arrival_timestamp")

NOT_JSON = Rejection("The line is not valid JSON.", "")
NO_OBJECT = Rejection("Should be an object.", "")
NO_TEXT = "Input should be a valid string"
NO_TIME = Rejection(
    "Timestamp should be Unix time in milliseconds, or a date in ISO 8601 format with Z or +hh:mm.",
    "event_timestamp",
)
# Seconds that were sent for milliseconds would all be in January 1970, where nobody looks for them.
EARLIEST_TIME = 946_684_800_000
EARLY_TIME = Rejection(
    "Timestamp should be Unix time in milliseconds, of 2000 or later.", "event_timestamp"
)
SECONDS = Rejection(
    "Timestamp should be Unix time in milliseconds, of 2000 or later: this may be seconds.",
    "event_timestamp",
)
MICROSECONDS = Rejection(
    "Timestamp should be Unix time in milliseconds: this may be microseconds.", "event_timestamp"
)
CLIENT_ID = "client.client_id"
NO_CLIENT = Rejection("Missing client id", CLIENT_ID)
OTHER_APPLICATION = Rejection(
    "The application of the event should be that of the path.", "application.app_id"
)
DUPLICATE_ID = Rejection("Duplicate event id", "event_id")


class EnrichedEvent(NamedTuple):
    """An envelope, translated: the event, or the rule that the envelope breaks."""

    event_id: str
    client_id: str  # empty if the envelope has none
    event: Event | Rejection
    facts: Facts


class _WrongError(Exception):
    """The envelope breaks a rule before it can be translated."""

    def __init__(self, rejection: Rejection) -> None:
        self.rejection = rejection


def translate(envelope: Any, application_id: str) -> EnrichedEvent:
    """Translate one envelope; nothing is raised for what is wrong with it."""
    event_id, client_id = event_id_of(envelope, application_id), ""
    try:
        _check_object(envelope)
        if not is_unicode(_text(envelope, "event_id") or ""):
            raise _WrongError(BAD_EVENT_ID.inside("event_id"))
        client_id = _text(envelope, "client", "client_id") or ""
        if not client_id:
            raise _WrongError(NO_CLIENT)
        if _text(envelope, "application", "app_id") not in (None, application_id):
            raise _WrongError(OTHER_APPLICATION)
        facts = _facts(envelope)
        event = validate_alone(_event(envelope), Event.model_validate, Event)
    except _WrongError as error:
        return EnrichedEvent(event_id, client_id, error.rejection, {})
    if isinstance(event, Rejection):
        event = respelled(event)
    return EnrichedEvent(event_id, client_id, event, facts)


def endpoint_of(facts: Facts) -> PublicEndpoint | Rejection:
    """Return what is said of an endpoint, or the rule that it breaks."""
    said: dict[str, dict[str, Any]] = {}
    for (group, name), value in facts.items():
        said.setdefault(group, {})[name] = value
    return validate_alone(said, PublicEndpoint.model_validate, PublicEndpoint)


def event_id_of(envelope: Any, application_id: str) -> str:
    """Return the id that an envelope has, or else one that is the same for the same content."""
    given = envelope.get("event_id") if isinstance(envelope, dict) else None
    if given and isinstance(given, str):
        return given
    text = json.dumps([application_id, content(envelope)], sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=16).hexdigest()


def content(envelope: Any) -> Any:
    """Return what makes an envelope the event that it is: equal if only the spelling differs."""
    if isinstance(envelope, dict):
        envelope = {key: value for key, value in envelope.items() if key not in _BESIDE}
    return _canonical(envelope, MAX_DEPTH)


def shallow(value: Any, levels: int = MAX_DEPTH) -> Any:
    """Return a value with null for what is nested deeper, so that it can be written again."""
    if isinstance(value, dict):
        return {k: shallow(v, levels - 1) for k, v in value.items()} if levels else None
    if isinstance(value, list):
        return [shallow(v, levels - 1) for v in value] if levels else None
    return value


def _canonical(value: Any, levels: int) -> Any:
    """Drop null and empty members and what is nested too deep; write 12.0 as 12."""
    if isinstance(value, dict):
        members = value.items() if levels else ()
        found = {key: _canonical(v, levels - 1) for key, v in members}
        return {key: v for key, v in found.items() if v is not None and v != {}}
    if isinstance(value, list):
        return [_canonical(v, levels - 1) for v in value] if levels else []
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _event(envelope: dict[str, Any]) -> dict[str, Any]:
    event = {name: _at(envelope, path) for name, path in _OF_EVENT.items()}
    event["Timestamp"] = _timestamp(envelope.get("event_timestamp"))
    event["Session"] = session = envelope.get("session")
    if isinstance(session, dict):
        event["Session"] = {name: session.get(key) for name, key in _OF_SESSION.items()}
        event["Session"] = _said(event["Session"])
    if event["ClientSdkVersion"] == "":  # an app that passes in none; Pinpoint rejected it
        event["ClientSdkVersion"] = None
    return _said(event)


def _facts(envelope: dict[str, Any]) -> Facts:
    found = {name: _text(envelope, *path) for name, path in _OF_ENDPOINT.items()}
    return {name: text for name, text in found.items() if text is not None}


def _said(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _timestamp(value: Any) -> Any:
    """Return Unix time in ms as the text that the schema takes."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise _WrongError(NO_TIME)
    if value < EARLIEST_TIME:
        raise _WrongError(SECONDS if value * 1000 >= EARLIEST_TIME else EARLY_TIME)
    try:
        moment = _EPOCH + timedelta(milliseconds=int(value))
    except OverflowError:  # the year 10000, of which microseconds are
        is_micro = EARLIEST_TIME <= value // 1000 < _LATEST_TIME
        raise _WrongError(MICROSECONDS if is_micro else NO_TIME) from None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


_EPOCH = datetime.fromtimestamp(0, UTC)
_LATEST_TIME = 253_402_300_800_000  # the year 10000


def _at(envelope: dict[str, Any], path: Path) -> Any:
    here: Any = envelope
    for depth, key in enumerate(path):
        if here is None:
            return None
        if not isinstance(here, dict):
            raise _WrongError(NO_OBJECT.inside(".".join(path[:depth])))
        here = here.get(key)
    return here


def _check_object(envelope: Any) -> None:
    if isinstance(envelope, NotJson):
        raise _WrongError(NOT_JSON)
    if not isinstance(envelope, dict):
        raise _WrongError(NO_OBJECT)


def _text(envelope: dict[str, Any], *path: str) -> str | None:
    found = _at(envelope, path)
    if found is not None and not isinstance(found, str):
        raise _WrongError(Rejection(NO_TEXT, ".".join(path)))
    return found


def respelled(rejection: Rejection) -> Rejection:
    """Return a rejection with its key as an envelope spells it."""
    steps = rejection.key.split(".")
    count = 2 if ".".join(steps[:2]) in _SPELLED else 1
    place = ".".join(steps[:count])
    if place == "Timestamp" and rejection.rule == NO_DATE:
        return NO_TIME  # a number is one as well here
    return rejection._replace(key=".".join([_SPELLED.get(place, place), *steps[count:]]))
