"""Counts what became of each event of a request, by its answer."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any


@dataclass
class Tally:
    """Events, and why some were not accepted: their own fault (4xx), or not."""

    events: int = 0
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    endpoints: Counter[str] = field(default_factory=Counter)  # that were not accepted

    @property
    def all_accepted(self) -> bool:
        """Whether every event and every endpoint was accepted."""
        return not (self.rejected or self.failed or self.endpoints)

    def add(self, other: "Tally") -> None:
        """Count another request too."""
        self.events += other.events
        self.accepted += other.accepted
        self.rejected += other.rejected
        self.failed += other.failed
        self.endpoints += other.endpoints

    def add_event(self, item: Any) -> None:
        """Count an event by what is answered for it."""
        self.events += 1
        status, text = _read(item)
        if status == HTTPStatus.ACCEPTED:
            self.accepted += 1
        else:
            (self.rejected if 400 <= status < 500 else self.failed)[text] += 1

    def add_endpoint(self, item: Any) -> None:
        """Count an endpoint that was not accepted."""
        status, text = _read(item)
        if status != HTTPStatus.ACCEPTED:
            self.endpoints[text] += 1


def compare(events_request: dict[str, Any], results: dict[str, Any]) -> Tally:
    """Compare a request with its answer; an id that is missing there was not accepted."""
    tally = Tally()
    for endpoint_id, event_ids in asked(events_request):
        result = _object(results.get(endpoint_id))
        tally.add_endpoint(result.get("EndpointItemResponse"))
        items = _object(result.get("EventsItemResponse"))
        for event_id in event_ids:
            tally.add_event(items.get(event_id))
    return tally


def asked(events_request: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Each endpoint id and its event ids, of a request that may be wrong in any way."""
    for endpoint_id, batch in _object(events_request.get("BatchItem")).items():
        yield endpoint_id, list(_object(_object(batch).get("Events")))


def _read(item: Any) -> tuple[int, str]:
    status = _object(item).get("StatusCode")
    if not isinstance(status, int):
        return 0, "not in the answer"
    return status, f"{status} {item.get('Message')}"


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
