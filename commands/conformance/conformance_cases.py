"""Reads the cases of tests/conformance, and fills in what their texts leave to be filled in."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "tests/conformance"
PINPOINT, GATEWAY = "pinpoint", "gateway"
_RANGE = re.compile(r"\$\{1\.\.(\d+)\}")
_REPEATED = re.compile(r"\$\{(.+?)\*(\d+)\}", re.S)
_NAMED = re.compile(r"\$\{(\w+)\}")
_NUMBER = "${#}"
_PHONE = "phone-${run}"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A request, what it should be answered, and who relies on it."""

    file: str
    id: str
    title: str
    of: str  # whose rule it is: Pinpoint's protocol, or this gateway alone
    request: Mapping[str, Any]
    answer: Mapping[str, Any]
    ours: Mapping[str, Any] | None = None
    before: list[Mapping[str, Any]] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    clients: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def name(self) -> str:
        """What the case is called in reports."""
        return f"{self.file}/{self.id}"


def read_cases(folder: Path = FOLDER) -> list[Case]:
    """Read all cases, by file and in the order in which they stand."""
    return [
        Case(file=path.stem, **case)
        for path in sorted(folder.glob("*.yaml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def request_of(short: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request with what it leaves out: PutEvents of one endpoint, unless it says else."""
    request = {"method": "POST", "path": "/v1/apps/${application}/events", **short}
    if "events" in request:
        batch = {"Endpoint": request.pop("endpoint", {}), "Events": request.pop("events")}
        request["json"] = {"BatchItem": {_PHONE: batch}}
    return request


def answer_of(short: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer with its JSON written in full."""
    answer = dict(short)
    if "events" in answer:
        one = {"endpoint": answer.pop("endpoint", "$accepted"), "events": answer.pop("events")}
        answer["results"] = {_PHONE: one}
    if "results" in answer:
        results = {
            id_: {"EndpointItemResponse": part["endpoint"], "EventsItemResponse": part["events"]}
            for id_, part in answer.pop("results").items()
        }
        answer = {"status": 202, "json": {"Results": results}, **answer}
    return answer


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """Return a copy with `${x*3}`, `${1..3}`, `${#}` and names filled in; README.md says how."""
    if isinstance(value, str):
        return _text(value, names)
    if isinstance(value, dict):
        return dict(_members(value, names))
    if isinstance(value, list):
        return list(_items(value, names))
    return value


def _text(text: str, names: Mapping[str, str]) -> str:
    text = _NAMED.sub(lambda name: names.get(name[1], name[0]), text)
    return _REPEATED.sub(lambda found: found[1] * int(found[2]), text)


def _members(map_: dict[str, Any], names: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for key, value in map_.items():
        count = _RANGE.search(key)
        if not count:
            yield _text(key, names), filled(value, names)
            continue
        for number in range(1, int(count[1]) + 1):
            counted = _replaced(value, lambda text, n=number: text.replace(_NUMBER, str(n)))  # type: ignore[misc]
            yield _text(_RANGE.sub(str(number), key), names), filled(counted, names)


def _items(list_: list[Any], names: Mapping[str, str]) -> Iterator[Any]:
    for item in list_:
        # A map with nothing but a range in it stands for that many items.
        if isinstance(item, dict) and len(item) == 1 and _RANGE.fullmatch(next(iter(item))):
            yield from dict(_members(item, names)).values()
        else:
            yield filled(item, names)


def _replaced(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(key): _replaced(part, change) for key, part in value.items()}
    return [_replaced(part, change) for part in value] if isinstance(value, list) else value
