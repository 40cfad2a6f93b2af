"""The small shop whose charts docs/queries.md shows: three weeks of visits, up to a Sunday."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from local.database import FILE, Database
from local.endpoint_items import SqliteItems
from local.sqlite_destination import LocalDestination
from putevents.endpoints.item import flatten
from putevents.endpoints.stamps import stamp
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.schemas import EventsBatch, ValidBatch
from putevents.wire.timestamps import milliseconds

TODAY = date(2026, 6, 14)
APPLICATION = "my-app"
ANDROID = {"Platform": "ANDROID", "PlatformVersion": "15", "AppVersion": "1.1"}
IOS = {"Platform": "iOS", "PlatformVersion": "17.4", "AppVersion": "1.1"}
ENDPOINTS: dict[str, dict[str, Any]] = {
    "phone-1": {"CreationDate": "2026-05-26T08:00:00.000Z", "User": {"UserId": "ann"}},
    "phone-2": {"CreationDate": "2026-05-27T08:00:00.000Z", "User": {"UserId": "ann"}},
    "phone-3": {"CreationDate": "2026-06-02T08:00:00.000Z", "User": {"UserId": "bob"}},
    "phone-4": {"CreationDate": "2026-06-09T08:00:00.000Z"},
    "browser": {"CreationDate": "2026-06-10T08:00:00.000Z"},
}
DEMOGRAPHICS = {"phone-1": ANDROID, "phone-2": IOS, "phone-3": ANDROID, "phone-4": IOS}
# Endpoint, begin, minutes until it stopped (none: it never did), what was bought.
VISITS: list[tuple[str, str, int | None, dict[str, Any] | None]] = [
    ("phone-1", "2026-05-26T08:00:00", 12, None),
    ("phone-2", "2026-05-27T08:00:00", 3, None),
    ("phone-1", "2026-06-01T18:30:00", 20, {"_item_price": 4.99, "_quantity": 1.0}),
    ("phone-3", "2026-06-02T08:00:00", 8, None),
    ("phone-1", "2026-06-08T18:30:00", 15, None),
    ("phone-4", "2026-06-09T08:00:00", 5, {"_item_price": 4.99, "_quantity": 2.0}),
    ("browser", "2026-06-10T08:00:00", None, None),
    ("phone-3", "2026-06-10T19:00:00", 30, {"_item_price": 0.99}),
    ("phone-4", "2026-06-14T07:00:00", 6, None),
    ("browser", "2026-06-14T09:15:00", None, None),
]
REJECTED = [
    RejectedPart("phone-1", "7", "Missing Timestamp", "Missing Timestamp (Timestamp)", {}),
    RejectedPart("phone-3", "9", "Missing Timestamp", "Missing Timestamp (Timestamp)", {}),
    RejectedPart("phone-4", None, "Missing ChannelType", "Missing ChannelType (Address)", {}),
]


def store_sample(folder: Path) -> None:
    """Fill a store as a gateway would have that ran all the time."""
    database = Database(folder / FILE)
    with database.transaction() as connection:
        items = SqliteItems(connection)
        for endpoint_id, endpoint in ENDPOINTS.items():
            document = dict(endpoint)
            created = milliseconds(document.pop("CreationDate"))
            members = flatten(document, stamp(Arrival("sample", created)))
            items.write(APPLICATION, endpoint_id, members, created)
    destination = LocalDestination(database)
    for number, (endpoint_id, begin, minutes, bought) in enumerate(VISITS):
        start = datetime.fromisoformat(begin).replace(tzinfo=UTC)
        end = start + timedelta(minutes=minutes) if minutes else None
        events = _events(f"visit-{number}", start, end, bought)
        batch = {"Endpoint": {"Demographic": DEMOGRAPHICS.get(endpoint_id, {})}, "Events": events}
        parsed: Any = EventsBatch.model_validate(batch)
        valid = ValidBatch(parsed.endpoint, parsed.events)
        arrivals = {endpoint_id: _arrival(end or start)}
        destination.deliver(APPLICATION, {endpoint_id: valid}, arrivals, TimeLeft())
    last = datetime.combine(TODAY, datetime.min.time(), UTC)
    destination.keep_rejected(APPLICATION, REJECTED, _arrival(last), TimeLeft())
    database.close()


def _events(
    session_id: str, start: datetime, end: datetime | None, bought: dict[str, Any] | None
) -> dict[str, Any]:
    session: dict[str, Any] = {"Id": session_id, "StartTimestamp": start.isoformat()}

    def event(kind: str, at: datetime, **more: Any) -> dict[str, Any]:
        return {"EventType": kind, "Timestamp": at.isoformat(), "Session": session, **more}

    events = {
        f"{session_id}/1": event("_session.start", start),
        f"{session_id}/2": event("song.played", start + timedelta(minutes=1)),
    }
    if bought:
        attributes = {"_product_id": "album-1", "_currency": "EUR"}
        at = start + timedelta(minutes=2)
        purchase = event("_monetization.purchase", at, Attributes=attributes, Metrics=bought)
        events[f"{session_id}/3"] = purchase
    if end:
        milliseconds = int((end - start).total_seconds() * 1000)
        session = {**session, "StopTimestamp": end.isoformat(), "Duration": milliseconds}
        events[f"{session_id}/4"] = event("_session.stop", end)
    return events


def _arrival(moment: datetime) -> Arrival:
    return Arrival("sample", int(moment.timestamp() * 1000) + 500)
