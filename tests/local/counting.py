"""What the counts of a chart start from: the events once, of some days, in groups; weeks."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from tests.local.history import Sent, milliseconds

Row = tuple[Any, ...]


def seen(sent: Iterable[Sent], today: date) -> list[Sent]:
    """What recent_events holds: of the last 91 days of arrival, each event as it came first."""
    first: dict[Row, Sent] = {}
    for event in sorted(sent, key=lambda one: (milliseconds(one.arrived), one.request_id)):
        if event.arrived.date() >= today - timedelta(days=91):
            identity = (event.application_id, event.endpoint_id, event.event_id)
            first.setdefault((*identity, event.at, event.event_type), event)
    return list(first.values())


def within(events: Iterable[Sent], last: date, days: int) -> list[Sent]:
    first = last - timedelta(days=days - 1)
    return [event for event in events if first <= event.at.date() <= last]


def groups(events: Iterable[Sent], key: Callable[[Sent], Any]) -> dict[Any, list[Sent]]:
    groups = defaultdict(list)
    for event in events:
        groups[key(event)].append(event)
    return groups


def people(events: Iterable[Sent]) -> dict[Row, Row]:
    """The person behind each endpoint: its user, or the endpoint itself."""
    found: dict[Row, Row] = {}
    by_endpoint = groups(events, lambda e: (e.application_id, e.endpoint_id))
    for (application_id, endpoint_id), of_one in by_endpoint.items():
        users = {event.user_id for event in of_one} - {None, ""}
        person = ("user", max(map(str, users))) if users else ("endpoint", endpoint_id)
        found[application_id, endpoint_id] = (application_id, *person)
    return found


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
