"""What is outside of the gateway, and answers anything: a destination, beside SQS."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from putevents.destinations import Home
from tests.fuzz.bodies_made import Part
from tests.fuzz.choices import Choices
from tests.fuzz.outside_queue import OutsideError, OutsideQueue

_OK = {"StatusCode": 202, "Message": "Accepted"}
# What is said of a part: mostly sense, and then anything.
_SAYS: list[Any] = [
    _OK, _OK, _OK, {"StatusCode": 400, "Message": "Bad"}, {"StatusCode": 429, "Message": "Slow"},
    {"StatusCode": 500, "Message": "x"}, {"StatusCode": 200},
    {"StatusCode": 404, "Message": "accepted"},
    {"StatusCode": 400, "Message": None}, {"StatusCode": 400, "Message": "m" * 3000},
    {"StatusCode": 400, "Message": "\ud800\x00"}, {"StatusCode": "202", "Message": "Accepted"},
    {"StatusCode": 202.0}, {"StatusCode": True}, {"StatusCode": -1}, {"StatusCode": 10**30}, {},
    None, [], "Accepted", 202, {"StatusCode": 302, "Message": "Accepted"},
    {"StatusCode": 499, "Message": ""},
]  # fmt: skip
_GARBAGE: list[Any] = [
    {},
    None,
    [],
    "x",
    {"a": None},
    {"id-1": 5},
    {"id-2": {"EventsItemResponse": []}},
]


class Outside(OutsideQueue, Home):
    """Behaves as its choices say until the next `reset`; keeps the books of what it confirmed."""

    takes_endpoints, tells_endpoints, keeps_rejected = True, True, False

    def __init__(self) -> None:
        self.reset(Choices(b""))

    def reset(self, choices: Choices) -> None:
        """Forget everything, and behave in another way from now on."""
        self.mood = choices.below(8)
        self.is_late = choices.rarely(16)
        self.keeps_rejected = bool(choices.below(2))
        self.keeps_badly = choices.below(4)
        self.confirmed: Counter[Part] = Counter()
        self.rejected: set[Part] = set()  # by the destination
        self.unsure: set[Part] = set()  # those without a final answer
        self.kept: list[tuple[Part, Any]] = []  # with what was kept
        self.reset_queue(choices)

    @property
    def is_well(self) -> bool:
        """Whether the destination accepts everything."""
        return self.mood < 2 and not self.is_late

    def deliver(
        self, application_id: str, batch_item: Any, arrivals: Any, time_left: Any
    ) -> Mapping[str, Any]:
        self.calls["deliver"] += 1
        assert arrivals.keys() == batch_item.keys()
        if self.mood == 6:
            raise OutsideError("down")
        answers: Any = {} if self.mood < 7 else _GARBAGE[self.salt % len(_GARBAGE)]
        for endpoint_id, batch in batch_item.items() if self.mood < 6 else ():
            if self.mood > 1 and self.chance(endpoint_id) % 7 == 6:
                continue  # half an answer
            json.loads(batch.endpoint.wire if batch.endpoint else b"{}")
            answers[endpoint_id] = {
                "EndpointItemResponse": self._say(endpoint_id, ""),
                "EventsItemResponse": {i: self._say(endpoint_id, i) for i in batch.events},
            }
        self._note(batch_item, answers if isinstance(answers, dict) else {})
        return answers  # type: ignore[no-any-return]

    def forgotten(
        self, application_id: str, waiting: Any, arrivals: Any, time_left: Any
    ) -> set[str]:
        return set()

    def keep_rejected(
        self, application_id: str, rejected: Any, arrival: Any, time_left: Any
    ) -> bool:
        if self.keeps_badly == 3:
            raise OutsideError("keeps nothing")
        if self.keeps_badly == 2:
            return False
        self.kept += [((part.endpoint_id, part.event_id), part.raw) for part in rejected]
        return True

    def get_endpoint(self, application_id: str, endpoint_id: str) -> Any:
        if self.mood == 6:
            raise OutsideError("down")
        return {"Id": endpoint_id} if self.mood < 3 else None

    def delete_endpoint(self, application_id: str, endpoint_id: str) -> Any:
        return self.get_endpoint(application_id, endpoint_id)

    def get_user_endpoints(self, application_id: str, user_id: str) -> Any:
        found = self.get_endpoint(application_id, user_id)
        return [found] if found else []

    def delete_user_endpoints(self, application_id: str, user_id: str) -> Any:
        return self.get_user_endpoints(application_id, user_id)

    def _say(self, endpoint_id: str, event_id: str) -> Any:
        if self.mood < 2:
            return _OK
        says = _SAYS[:6] if self.mood < 4 else _SAYS
        return says[self.chance(f"{endpoint_id} {event_id}") % len(says)]

    def _note(self, batch_item: Any, answers: Any) -> None:
        for endpoint_id, batch in batch_item.items():
            item = answers.get(endpoint_id)
            item = item if isinstance(item, dict) else {}
            events = item.get("EventsItemResponse")
            says = dict(events) if isinstance(events, dict) else {}
            parts: list[Any] = [] if batch.endpoint is None else [None]
            for event_id in (*parts, *batch.events):
                said = (
                    says.get(event_id) if event_id is not None else item.get("EndpointItemResponse")
                )
                code = said.get("StatusCode") if isinstance(said, dict) else None
                part = endpoint_id, event_id
                if type(code) is int and 200 <= code <= 299:
                    self.confirmed[part] += 1
                elif type(code) is int and 400 <= code <= 499 and code != 429:
                    self.rejected.add(part)
                else:
                    self.unsure.add(part)
