"""Requests with a marked secret in every field and header, made of the service's own model."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.loaders import Loader

MARK = "qXmArKeDx"  # unlike any word, so that nothing else is found
MOMENT = "2026-01-02T03:04:05.678Z"
# What a member must be to be accepted; every other text is the mark and the member's name.
_GIVEN = {
    "ChannelType": "EMAIL",
    "EffectiveDate": MOMENT,
    "EndpointStatus": "ACTIVE",
    "OptOut": "NONE",
    "StartTimestamp": MOMENT,
    # `Duration` is the milliseconds between, and every number is 1.
    "StopTimestamp": "2026-01-02T03:04:05.679Z",
    "Timestamp": MOMENT,
    # Of so many characters at most.
    "Country": "SEC",
}
HEADERS = {
    "Authorization": f"Bearer {MARK}-authorization",
    "Cookie": f"session={MARK}-cookie",
    "Origin": f"https://{MARK}-origin.example.com".lower(),
    "Referer": f"https://example.com/{MARK}-referer",
    "User-Agent": f"{MARK}-user-agent",
    "X-Amz-Security-Token": f"{MARK}-security-token",
    "X-Amz-User-Agent": f"{MARK}-amz-user-agent",
    "X-Api-Key": f"{MARK}-api-key",
    "X-Forwarded-For": f"{MARK}-forwarded-for",
    "X-Unknown": f"{MARK}-unknown",
}


def events_request() -> dict[str, Any]:
    """A request of one good event, in which every member is set."""
    return _of("EventsRequest")  # type: ignore[no-any-return]


def endpoint_request() -> dict[str, Any]:
    """What UpdateEndpoint takes, in which every member is set."""
    return _of("EndpointRequest")  # type: ignore[no-any-return]


def bad_requests() -> Iterator[bytes]:
    """A request for each member, in which that one is wrong, and bodies that are no request."""
    good = events_request()
    for path in _paths(good):
        for wrong in (f"{MARK}-{'x' * 2000}", [f"{MARK}-list"], {f"{MARK}-key": {f"{MARK}": 1}}):
            yield json.dumps(_with(good, path, wrong)).encode()
    yield f"{MARK} is no JSON".encode()
    yield json.dumps([MARK]).encode()
    yield json.dumps({MARK: MARK}).encode()
    yield f'{{"{MARK}": "\\ud800{MARK}"}}'.encode()


def found_in(text: str) -> list[str]:
    """The lines that hold the mark, in any capitals."""
    return [line for line in text.splitlines() if MARK.lower() in line.lower()]


def told_in_logs(lines: list[str]) -> list[str]:
    """The log lines that hold the mark elsewhere than docs/security.md says.

    That is an example of what was rejected, the id of one endpoint or event, and the ids of events
    that were not delivered at once, when they begin to wait and when they no longer do.
    """
    records = [json.loads(line) for line in lines]
    ids = [record.pop("example", "") for record in records]
    ids += [
        id_
        for record in records
        for name in ("undelivered", "delivered", "rejected_ids", "dead")
        for id_ in record.pop(name, [])
    ]
    values = [one for one in ids if one and one != MARK and not one.endswith("-key")]
    return [*found_in("\n".join(map(json.dumps, records))), *found_in("\n".join(values))]


def _of(shape: str, member: str = "") -> Any:
    """A value of a shape of the service's model."""
    told = _SHAPES[shape]
    match told["type"]:
        case "structure":
            return {name: _of(part["shape"], name) for name, part in told["members"].items()}
        case "map":
            return {f"{MARK}-{member or 'id'}-key": _of(told["value"]["shape"], member)}
        case "list":
            return [_of(told["member"]["shape"], member)]
        case "string":
            return _GIVEN.get(member, f"{MARK}-{member}")
    return 1  # a number


def _paths(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every member but the whole."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, name)
            yield from _paths(inner, (*path, name))


def _with(value: Any, path: tuple[str, ...], wrong: Any) -> Any:
    if not path:
        return wrong
    return {**value, path[0]: _with(value[path[0]], path[1:], wrong)}


_SHAPES: dict[str, Any] = Loader().load_service_model("pinpoint", "service-2")["shapes"]
