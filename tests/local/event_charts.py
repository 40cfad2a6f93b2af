"""What the named queries about events should find, counted in plain Python."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from tests.local.counting import Row, groups, people, within
from tests.local.history import Sent, milliseconds


def sessions(events: list[Sent], today: date) -> Iterable[Row]:
    days: dict[Row, list[tuple[str, int]]] = defaultdict(list)
    with_session = [event for event in events if event.session]
    key = lambda e: (e.application_id, e.endpoint_id, e.session["Id"])  # noqa: E731
    for (application_id, endpoint_id, _), found in groups(with_session, key).items():
        began = min(datetime.fromisoformat(event.session["StartTimestamp"]) for event in found)
        if today - timedelta(days=89) <= began.date() <= today:
            days[application_id, began.date()].append((endpoint_id, _length(found, began)))
    for day, ended in sorted(days.items()):
        lengths = sorted(_length for _, _length in ended)
        middle = lengths[(len(lengths) + 1) // 2 - 1]
        mean = sum(lengths) / len(lengths)
        endpoints = {endpoint_id for endpoint_id, _ in ended}
        yield *day, len(ended), len(endpoints), mean / 1000, middle / 1000


def events_by_type(events: list[Sent], today: date) -> Iterable[Row]:
    kinds = groups(within(events, today, 30), lambda e: (e.application_id, e.event_type))
    rows = []
    for key, found in kinds.items():
        endpoints = len({event.endpoint_id for event in found})
        rows.append((*key, len(found), endpoints, len(found) / endpoints))
    return sorted(rows, key=lambda row: (row[0], -row[2], row[1]))


def funnel(events: list[Sent], today: date) -> Iterable[Row]:
    first, second, limit = "_session.start", "_monetization.purchase", timedelta(hours=24)
    person_of = people(events)

    def person(event: Sent) -> Row:
        return person_of[event.application_id, event.endpoint_id]

    recent = within([*events, *_unsaid_starts(events, first)], today, 30)
    for application_id, found in sorted(groups(recent, lambda e: e.application_id).items()):
        starts = [event for event in found if event.event_type == first]
        began = {person(event) for event in starts}
        bought = {
            person(start)
            for start in starts
            for event in found
            if (person(event), event.event_type) == (person(start), second)
            and start.at <= event.at <= start.at + limit
        }
        if began:
            percent = 100 * len(bought) / len(began)
            yield application_id, first, second, len(began), len(bought), percent


def revenue(events: list[Sent], today: date) -> Iterable[Row]:
    bought = [e for e in within(events, today, 90) if e.event_type == "_monetization.purchase"]
    key = lambda e: (  # noqa: E731
        e.application_id,
        e.at.date(),
        e.attributes.get("_currency"),
        e.attributes.get("_product_id"),
    )
    # A null is ordered last.
    by_key = lambda pair: (*pair[0][:2], pair[0][2] or "~", pair[0][3])  # noqa: E731
    for group, found in sorted(groups(bought, key).items(), key=by_key):
        amounts = [(e.metrics.get("_item_price"), e.metrics.get("_quantity", 1.0)) for e in found]
        paid = sum(price * number for price, number in amounts if price is not None)
        free = sum(price is None for price, _ in amounts)
        buyers = len({event.endpoint_id for event in found})
        items = sum(n for _, n in amounts)
        yield *group, len(found), buyers, items, float(paid), free


def _unsaid_starts(events: list[Sent], kind: str) -> Iterable[Sent]:
    """A start of each session that began without an event that says so."""
    with_session = [event for event in events if event.session]
    key = lambda e: (e.application_id, e.endpoint_id, e.session["Id"])  # noqa: E731
    for found in groups(with_session, key).values():
        if all(event.event_type != kind for event in found):
            began = min(datetime.fromisoformat(event.session["StartTimestamp"]) for event in found)
            yield replace(found[0], event_type=kind, at=began)


def _length(events: list[Sent], began: datetime) -> int:
    stops = [event.session["StopTimestamp"] for event in events if "StopTimestamp" in event.session]
    durations = [event.session["Duration"] for event in events if "Duration" in event.session]
    if stops:
        return milliseconds(datetime.fromisoformat(max(stops))) - milliseconds(began)
    if durations:
        return int(max(durations))
    return milliseconds(max(event.at for event in events)) - milliseconds(began)
