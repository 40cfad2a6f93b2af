"""Writes what a person reads in the terminal: a greeting, and one short line per request."""

import json
import logging
import shlex
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from local.http_messages import Request, Response
from local.sqs_protocols import action_of

MAX_CHARACTERS = 160

_NONE: Mapping[str, int] = {}

log = logging.getLogger("local")


def log_to_terminal() -> None:
    """Print what the logger `local` says, with the time of day."""
    lines = logging.StreamHandler(sys.stdout)
    lines.setFormatter(logging.Formatter("%(asctime)s  %(message)s", datefmt="%H:%M:%S"))
    log.addHandler(lines)
    log.setLevel(logging.INFO)
    log.propagate = False
    logging.raiseExceptions = False  # a closed terminal is no reason to fail a request


def greet(url: str, events: str, database: Path, log_file: Path, application_id: str) -> None:
    """Say where the gateway listens and writes, and give a command to try."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    event = f'{{"EventType":"hello","Timestamp":"{now}"}}'
    body = f'{{"BatchItem":{{"my-device":{{"Endpoint":{{}},"Events":{{"1":{event}}}}}}}}}'
    log.info("watch it on   %s", url)
    log.info("PutEvents on  %s", url)
    log.info("events go to  %s", events)
    if events != str(database):
        log.info("retries wait  %s", database)
    log.info("logs go to    %s", log_file)
    log.info(
        "try           curl %s/v1/apps/%s/events -d %s", url, application_id, shlex.quote(body)
    )


def summary(
    request: Request, response: Response, queued: Mapping[str, int] = _NONE
) -> tuple[str, dict[str, int]]:
    """Return a line on a request and what became of its events, and how many became of it.

    `queued` says of how many accepted events each destination lacks: the queue has them.
    """
    action = action_of(request)
    said, counts = (action, {}) if action else _said(response.body, queued)
    line = f"{request.method} {request.path}  {response.status}  {said}".rstrip()
    return printable(line), counts


def printable(text: str) -> str:
    """Put a client's text on one line, without characters that control a terminal."""
    shown = "".join(c if c.isprintable() else "?" for c in text)
    return shown if len(shown) <= MAX_CHARACTERS else shown[: MAX_CHARACTERS - 1] + "…"


def _said(body: bytes, queued: Mapping[str, int]) -> tuple[str, dict[str, int]]:
    try:
        answer = json.loads(body)
    except ValueError:
        return "", {}
    if not isinstance(answer, dict):
        return "", {}
    if "Results" in answer:
        return _events(answer["Results"], queued)
    return str(answer.get("Message", "")), {}


def _events(
    results: dict[str, Any] | list[Any], queued: Mapping[str, int]
) -> tuple[str, dict[str, int]]:
    """Count accepted, rejected and failed events, and add the first error's text."""
    if isinstance(results, list):  # of enriched events
        results = {"": {"EventsItemResponse": dict(enumerate(results)),
                        "EndpointItemResponse": {"StatusCode": 202}}}  # fmt: skip
    events = [item for part in results.values() for item in part["EventsItemResponse"].values()]
    counts: Counter[str] = Counter()
    # Of a hundred events most have one status: what it means is looked up once.
    for status, count in Counter([item["StatusCode"] for item in events]).items():
        counts[_outcome(status)] += count
    endpoints = [part["EndpointItemResponse"] for part in results.values()]
    texts = (item["Message"] for item in events + endpoints if item["StatusCode"] != 202)
    notes = {"accepted": f" ({_waiting(queued)})"} if queued else {}
    said = ", ".join(
        f"{n} {outcome}{notes.get(outcome, '')}" for outcome, n in sorted(counts.items())
    )
    return ": ".join([said or "no events", *islice(texts, 1)]), counts


def _waiting(queued: Mapping[str, int]) -> str:
    """Who waits for how many; those that wait for as many are named together."""
    if "" in queued:
        return f"{queued['']} of them queued"
    names: dict[int, list[str]] = {}
    for name, count in queued.items():
        names.setdefault(count, []).append(name)
    return "; ".join(
        f"{', '.join(some)} wait{'s' if len(some) == 1 else ''} for {count}"
        for count, some in names.items()
    )


def _outcome(status: int) -> str:
    if status == 202:
        return "accepted"
    return "rejected" if status < 500 else "failed"
