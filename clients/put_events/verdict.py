"""What became of each event of a request, by its answer."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

_MISSING = "missing in the answer"


@dataclass
class Verdict:
    """Events and endpoints, counted; why they were not accepted, by text."""

    events: int = 0
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    @property
    def all_accepted(self) -> bool:
        return not self.rejected and not self.failed

    def add(self, other: "Verdict") -> None:
        """Count another request too."""
        self.events += other.events
        self.accepted += other.accepted
        self.rejected += other.rejected
        self.failed += other.failed

    def count_event(self, item: Any) -> None:
        """Count an event by what the answer says of it."""
        self.events += 1
        self.accepted += self._accepts(item, "")

    def count_endpoint(self, item: Any) -> None:
        """An endpoint counts if it was not accepted."""
        self._accepts(item, "endpoint: ")

    def _accepts(self, item: Any, prefix: str) -> bool:
        status = _object(item).get("StatusCode")
        if status == HTTPStatus.ACCEPTED:
            return True
        text = f"{prefix}{status} {item.get('Message')}" if status else prefix + _MISSING
        clients_fault = isinstance(status, int) and 400 <= status < 500
        (self.rejected if clients_fault else self.failed)[text] += 1
        return False


def judge(events_request: dict[str, Any], results: dict[str, Any]) -> Verdict:
    """Compare what was asked with what was answered: an id that is missing was not accepted."""
    verdict = Verdict()
    for endpoint_id, event_ids in asked(events_request):
        result = _object(results.get(endpoint_id))
        verdict.count_endpoint(result.get("EndpointItemResponse"))
        items = _object(result.get("EventsItemResponse"))
        for event_id in event_ids:
            verdict.count_event(items.get(event_id))
    return verdict


def asked(events_request: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Each endpoint id and its event ids, of a request that may be wrong in any way."""
    for endpoint_id, batch in _object(events_request.get("BatchItem")).items():
        yield endpoint_id, list(_object(_object(batch).get("Events")))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
