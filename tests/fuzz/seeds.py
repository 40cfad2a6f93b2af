"""The first cases of each target: requests as real clients sent them, and those that were kept."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

_TESTS = Path(__file__).parents[1]
KEPT = Path(__file__).parent / "corpus"
_RAW, _MADE = b"\1" + b"\0" * 15, b"\0" * 16


def seeds(target: str) -> Iterator[bytes]:
    """Yield the first cases of a target."""
    yield _MADE
    if target == "enriched-events":
        for path in sorted((_TESTS / "events" / "enriched").glob("*.json")):
            yield _RAW + path.read_bytes()
        return
    for body in _bodies():
        if target == "endpoints":
            yield from (_RAW + endpoint for endpoint in _endpoints(body))
        elif target == "queue":
            yield _RAW + json.dumps({"ApplicationId": "my-app", "EventsRequest": body}).encode()
        else:
            yield _RAW + json.dumps(body).encode()
    for path in sorted((KEPT / target).glob("*")):
        yield path.read_bytes()


def write_seeds(target: str, folder: Path) -> None:
    """Put the first cases of a target into a corpus, as libFuzzer keeps one."""
    folder.mkdir(parents=True, exist_ok=True)
    for data in seeds(target):
        (folder / sha256(data).hexdigest()).write_bytes(data)


def _endpoints(body: Any) -> Iterator[bytes]:
    for batch in body["BatchItem"].values():
        yield json.dumps(batch["Endpoint"]).encode()


def _bodies() -> Iterator[Any]:
    for path in sorted((_TESTS / "events" / "requests").glob("*.json")):
        found = json.loads(path.read_text())
        if "BatchItem" in found:
            yield found
    for path in sorted((_TESTS / "events" / "captures").glob("*-post-events*.json")):
        body = json.loads(path.read_text())["body"]
        yield body if isinstance(body, dict) else json.loads(body)
