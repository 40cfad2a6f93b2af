"""What the named queries about endpoints should find, counted in plain Python."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from tests.local.counting import Row, groups, monday, people, within
from tests.local.history import Sent, milliseconds


def daily_active_endpoints(events: list[Sent], today: date) -> Iterable[Row]:
    days = groups(within(events, today, 90), lambda e: (e.application_id, e.at.date()))
    return [(*key, *_endpoints_and_users(found)) for key, found in sorted(days.items())]


def monthly_active_endpoints(events: list[Sent], today: date) -> Iterable[Row]:
    for application_id in sorted({event.application_id for event in events}):
        for back in range(59, -1, -1):
            last = today - timedelta(days=back)
            month = [e for e in within(events, last, 30) if e.application_id == application_id]
            if month:
                yield application_id, last, *_endpoints_and_users(month)


def new_endpoints(events: list[Sent], today: date) -> Iterable[Row]:
    days: dict[Row, int] = defaultdict(int)
    for (application_id, *_), day in _creation_days(events).items():
        if today - timedelta(days=89) <= day <= today:
            days[application_id, day] += 1
    return [(*key, count) for key, count in sorted(days.items())]


def retention_by_week(events: list[Sent], today: date) -> Iterable[Row]:
    person_of = people(events)
    cohorts: dict[Row, set[Row]] = defaultdict(set)
    for person, day in _creation_days(events).items():
        if today - timedelta(days=84) <= monday(day) <= today:
            cohorts[person[0], monday(day)].add(person)
    for (application_id, week), endpoints in sorted(cohorts.items()):
        for later in range(14):
            active = {
                person_of[event.application_id, event.endpoint_id]
                for event in events
                if person_of[event.application_id, event.endpoint_id] in endpoints
                and monday(event.arrived.date()) == week + timedelta(weeks=later)
            }
            if active:
                percent = 100 * len(active) / len(endpoints)
                yield application_id, week, len(endpoints), later, len(active), percent


def versions_and_platforms(events: list[Sent], today: date) -> Iterable[Row]:
    person_of = people(events)
    latest: dict[Row, Sent] = {}
    order = lambda e: (-milliseconds(e.at), -milliseconds(e.arrived), e.event_id)  # noqa: E731
    for event in sorted(within(events, today, 30), key=order):
        person = person_of[event.application_id, event.endpoint_id]
        latest.setdefault((*person, event.platform and event.platform.lower()), event)
    counts: dict[Row, int] = defaultdict(int)
    totals: dict[str, int] = defaultdict(int)
    for e in latest.values():
        platform = e.platform and e.platform.lower()
        counts[e.application_id, platform, e.platform_version, e.app_version, e.sdk] += 1
        totals[e.application_id] += 1
    rows = [(*key, n, 100 * n / totals[key[0]]) for key, n in counts.items()]
    return sorted(rows, key=lambda row: (row[0], -row[5], *(cell or "~" for cell in row[1:5])))


def _endpoints_and_users(events: list[Sent]) -> tuple[int, int]:
    users = {event.user_id for event in events} - {None}
    return len({event.endpoint_id for event in events}), len(users)


def _creation_days(events: list[Sent]) -> dict[Row, date]:
    """By person and the gateway's clock: creation and arrival are what it knows of itself."""
    person_of = people(events)
    days: dict[Row, date] = {}
    for event in events:
        try:
            day = datetime.fromisoformat(event.created or "").astimezone(UTC).date()
        except ValueError:
            day = event.arrived.date()
        key = person_of[event.application_id, event.endpoint_id]
        days[key] = min(day, event.arrived.date(), days.get(key, day))
    return days
