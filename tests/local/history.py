"""Months of made-up events as plain data, doing what clients do: resend, lag, never stop."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from putevents.wire.arrival import Arrival
from putevents.wire.event_record import event_records
from putevents.wire.schemas import EndpointResponse, Event

TYPES = ("level-up", "Level-Up", "größe ✓", "_monetization.purchase", "_userauth.sign_in")
PLATFORMS = (("ANDROID", "14"), ("Android", "15"), ("iOS", "17.4"), (None, None))
CREATIONS = ("T00:30:00.000Z", "T01:30:00.000+02:00", "T12:00:00Z")


@dataclass(frozen=True)
class Sent:
    """An event as it reached the gateway once, with what was known of its endpoint then."""

    application_id: str
    endpoint_id: str
    event_id: str
    event_type: str
    at: datetime
    arrived: datetime
    request_id: str
    attributes: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    session: dict[str, Any] = field(default_factory=dict)
    created: str | None = None
    user_id: str | None = None
    platform: str | None = None
    platform_version: str | None = None
    app_version: str | None = None
    sdk: str | None = None

    def document(self) -> str:
        """The row of raw_events as JSON, by way of the gateway's own record."""
        names = {"Platform": self.platform, "PlatformVersion": self.platform_version}
        demographic = _given({**names, "AppVersion": self.app_version})
        endpoint: EndpointResponse = {"Id": self.endpoint_id, "Demographic": demographic}
        if self.created is not None:
            endpoint["CreationDate"] = self.created
        if self.user_id is not None:
            endpoint["User"] = {"UserId": self.user_id}
        wire = {
            "EventType": self.event_type,
            "Timestamp": iso(self.at),
            "SdkName": self.sdk,
            "Attributes": self.attributes,
            "Metrics": self.metrics,
            "Session": self.session or None,
        }
        event = Event.model_validate(_given(wire))
        arrival = Arrival(self.request_id, milliseconds(self.arrived))
        owner = (self.application_id, self.endpoint_id)
        [(_, record)] = event_records(*owner, endpoint, {self.event_id: event}, arrival)
        partition = {"application_id": self.application_id, "day": f"{self.arrived:%Y-%m-%d}"}
        return json.dumps({**json.loads(record), **partition})


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000 + 0.5)


def history(seed: int, today: date) -> list[Sent]:
    """The same for the same seed; some of it older than any chart, some from clocks ahead."""
    random = Random(seed)  # noqa: S311 # no secret
    return [sent for number in range(60) for sent in _endpoint(random, number, today)]


def _endpoint(random: Random, number: int, today: date) -> Iterator[Sent]:
    born = today - timedelta(days=random.randrange(130))
    platform, version = random.choice(PLATFORMS)
    known: dict[str, Any] = {
        "created": random.choice([None, "yesterday", *(f"{born}{end}" for end in CREATIONS)]),
        "user_id": random.choice([None, "", "ann", f"user {number // 3}"]),
        "platform": platform,
        "platform_version": version,
        "sdk": random.choice([None, "amplify-android", "amplify-swift"]),
    }
    owner = (random.choice(["shop", "game"]), f"Endpoint-{number}")
    for visit in range(random.randrange(6)):
        day = min(born + timedelta(days=random.randrange(40)), today + timedelta(days=2))
        start = datetime.combine(day, time(0), UTC) + timedelta(seconds=random.randrange(86_400))
        known["app_version"] = random.choice([None, "1.0", "1.1"])
        for sent in _visit(random, owner, f"{number}-{visit}", start, today):
            yield from _resent(random, replace(sent, **known))


def _visit(
    random: Random, owner: tuple[str, str], session_id: str, start: datetime, today: date
) -> Iterator[Sent]:
    """A session, or events without one: stopped, with a growing duration, or left to itself."""
    kind = random.choice(["stopped", "growing", "left", "none"])
    at, session = start, {"Id": session_id, "StartTimestamp": iso(start)}
    for number in range(random.randrange(1, 6)):
        kinds = TYPES if number else ("_session.start", *TYPES)
        own = {}
        if kind == "growing":
            own = {"Duration": milliseconds(at) - milliseconds(start)}
        sent = _sent(random, owner, f"{session_id}/{number}", random.choice(kinds), at, today)
        yield replace(sent, session={} if kind == "none" else {**session, **own})
        at += timedelta(milliseconds=random.randrange(5_000_000))
    if kind == "stopped":
        duration = milliseconds(at) - milliseconds(start)
        stop = {**session, "StopTimestamp": iso(at), "Duration": duration}
        yield replace(_sent(random, owner, "stop", "_session.stop", at, today), session=stop)


def _sent(
    random: Random, owner: tuple[str, str], event_id: str, kind: str, at: datetime, today: date
) -> Sent:
    latest = datetime.combine(today, time(23, 59), UTC)
    arrived = min(at + timedelta(minutes=random.randrange(3000)), latest)
    request = f"request {random.randrange(10**9)}"
    attributes, metrics = _purchase(random) if kind == "_monetization.purchase" else ({}, {})
    return Sent(*owner, event_id, kind, at, arrived, request, attributes, metrics)


def _purchase(random: Random) -> tuple[dict[str, str], dict[str, float]]:
    attributes = {"_product_id": random.choice(["sword", "épée"]), "_Currency": "never"}
    currency = random.choice(["USD", "EUR", None])
    metrics = {
        "_quantity": random.choice([1.0, 2.0, None]),
        "_item_price": random.choice([9.99, 0.25, None]),
    }
    return attributes | _given({"_currency": currency}), _given(metrics)


def _resent(random: Random, sent: Sent) -> Iterable[Sent]:
    """Once; or again later, when its user may have changed, and then in any order."""
    if random.random() < 0.7:
        return [sent]
    later = sent.arrived + timedelta(seconds=random.randrange(200_000))
    request_id = f"{sent.request_id} again"
    again = replace(sent, arrived=later, request_id=request_id, user_id="other")
    return random.sample([sent, again], 2)


def _given(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
