"""What the named query `drift` should find, counted in plain Python."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from tests.local.counting import Row
from tests.local.history import Sent

DAY = timedelta(days=1)


def drift(events: list[Sent], today: date) -> list[Row]:
    recent = [e for e in events if today - 34 * DAY <= e.arrived.date() <= today]
    applications = {event.application_id for event in recent}
    rows = [
        (application_id, *row)
        for application_id in applications
        for row in _of_one([e for e in recent if e.application_id == application_id], today)
        if row[0] > today - 7 * DAY
    ]
    return sorted(rows, key=lambda row: (row[0], today - row[1], row[2], row[3]))


def _of_one(events: list[Sent], today: date) -> Iterator[Row]:
    types: dict[str, Counter[date]] = defaultdict(Counter)
    keys: dict[tuple[str, str], Counter[date]] = defaultdict(Counter)
    for event in events:
        types[event.event_type][event.arrived.date()] += 1
        for key in event.attributes:
            keys[event.event_type, key][event.arrived.date()] += 1
    days = sorted({event.arrived.date() for event in events})
    yield from _silences(Counter(event.arrived.date() for event in events), today)
    for type_, counts in types.items():
        if min(counts) > days[0]:
            yield min(counts), "new event type", type_, None, sum(counts.values())
        yield from _moves(type_, counts, [day for day in days if min(counts) <= day < today])
    for (type_, key), counts in keys.items():
        name, total = f"{type_}.{key}", sum(counts.values())
        if min(counts) > min(types[type_]):
            yield min(counts), "new attribute", name, None, total
        later = {d: n for d, n in types[type_].items() if max(counts) < d < today}
        if total >= 10 and sum(later.values()) >= 10:
            yield min(later), "attribute gone", name, total, 0


def _moves(type_: str, counts: Counter[date], days: list[date]) -> Iterator[Row]:
    for place, day in enumerate(days[1:], 1):
        week = days[max(0, place - 7) : place]
        before, now = sum(counts[each] for each in week) / len(week), counts[day]
        if (now <= 0.2 * before or now >= 1.8 * before) and max(now, before) >= 10:
            change = "fewer events" if now < before else "more events"
            yield day, change, type_, before, now


def _silences(counts: Counter[date], today: date) -> Iterator[Row]:
    days = sorted(day for day in counts if day < today)
    for place, day in enumerate(days):
        week = days[max(0, place - 6) : place + 1]
        before = sum(counts[each] for each in week) / len(week)
        if day + DAY < today and day + DAY not in counts and before >= 10:
            yield day + DAY, "no events", "all types", before, 0
