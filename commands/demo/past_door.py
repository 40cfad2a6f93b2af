"""The gateway's HTTPS door on a day that is over: the handler as it is, with its clock moved."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from commands.demo.shop import Visit
from local.api_gateway import proxy_event
from local.database import Database
from local.handlers import make_functions
from local.http_messages import Request
from local.sqlite_destination import LocalDestination
from putevents.wire import arrival


class QuickDatabase(Database):
    """Waits for the disk now and then only: what a crash takes along, the next run brings again."""

    def _connected(self) -> sqlite3.Connection:
        connection = super()._connected()
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection


class PastDoor:
    """Takes requests as of the moment at which they came.

    No request can say that itself: a gateway goes by its own clock. So this process has a gateway
    of its own, over the same file, and moves the clock of nobody else's.
    """

    def __init__(self, path: Path) -> None:
        self._functions = make_functions(lambda _: LocalDestination(QuickDatabase(path)))

    def answer(self, visit: Visit) -> dict[str, Any]:
        """Answer the request of a visit."""
        moment = int(visit.arrived.timestamp() * 1000)
        request = Request(
            "POST", visit.path, "", [("host", "localhost")],
            json.dumps(visit.body).encode(), "127.0.0.1", "HTTP/1.1", visit.request_id, moment,
        )  # fmt: skip
        with _clock_at(moment):
            answer = self._functions.api.invoke(proxy_event(request))
        found: dict[str, Any] = json.loads(answer["body"])
        return found


@contextmanager
def _clock_at(moment: int) -> Iterator[None]:
    now = arrival._now
    arrival._now = lambda: moment
    try:
        yield
    finally:
        arrival._now = now
