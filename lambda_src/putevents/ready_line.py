"""A log line that is ready as a whole, written where Powertools' logger writes its own."""

import json
import os
from datetime import UTC, datetime
from logging import StreamHandler, makeLogRecord
from typing import Any

from pydantic_core import to_json

_TRACE = "_X_AMZN_TRACE_ID"


def as_json(document: Any) -> str:
    """Return a document's JSON, with its text for what has none."""
    try:
        return to_json(document, fallback=str).decode()
    except ValueError:  # half a surrogate pair
        return json.dumps(document, default=str, separators=(",", ":"))


def rfc3339(ms: int) -> str:
    """Return a Unix time in RFC 3339, as Powertools writes it."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")


def trace_member() -> dict[str, str]:
    """Return the member that names an invocation's trace, if it has one."""
    header = os.environ.get(_TRACE)
    return {"xray_trace_id": header.partition(";")[0].removeprefix("Root=")} if header else {}


def write_line(handler: StreamHandler[Any], line: dict[str, Any]) -> None:
    """Write a line to where a handler writes; like there, what fails here fails no request."""
    try:
        text = as_json(line) + handler.terminator
        handler.acquire()
        try:
            handler.stream.write(text)
            handler.flush()
        finally:
            handler.release()
    except Exception:
        handler.handleError(makeLogRecord({"msg": line}))
