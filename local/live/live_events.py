"""The events that the live page lists: those of the last requests, then those of the file."""

import json
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from local.database import FILE
from local.live.fates import Change, Fates
from local.live.happenings import Exchange, Happenings, Sent, now_ms
from local.live.rows import (
    PARTS,
    Key,
    Row,
    batch_item_in,
    event_in,
    rows_of_exchange,
    rows_of_message,
    shown_request_of,
)
from local.live.stored_events import Found, Page, StoredEvents
from local.readable import as_browsers_send, open_to_read

MAX_LIMIT = 500
MAX_CHANGED = 5_000


class Filter(NamedTuple):
    """What the page asks for; an empty text asks for anything."""

    application: str = ""
    endpoint: str = ""  # or the beginning of its id
    type: str = ""
    verdict: str = ""
    q: str = ""
    whole_endpoint: str = ""

    def matches(self, found: Found) -> bool:
        """Whether a row is asked for."""
        row = found.row
        return (
            self.application in ("", row.application)
            and as_browsers_send(row.endpoint).startswith(self.endpoint)
            and self.whole_endpoint in ("", row.endpoint)
            and self.type in ("", as_browsers_send(row.type or ""))
            and self.verdict in ("", row.verdict)
            and self._is_in(found)
        )

    def _is_in(self, found: Found) -> bool:
        row, q = found.row, self.q.lower()
        texts = (row.application, row.endpoint, row.event, row.type, row.reason)
        if any(q in as_browsers_send(text or "").lower() for text in texts):
            return True
        return q in as_browsers_send(found.text()).lower()


class LiveEvents:
    """Lists events, and says which rows are new or have changed since it was asked last."""

    def __init__(self, happenings: Happenings, folder: Path, destination: str) -> None:
        self.happenings, self.destination = happenings, destination
        self._path = folder / FILE
        self.fates = Fates(destination)
        self._rows: dict[int, list[Row]] = {}  # by the number of their request or message
        self._changed = deque[tuple[int, Row]](maxlen=MAX_CHANGED)
        self._changes = 0
        self._waiting: dict[Key, Row] = {}  # rows of the file that were shown
        self._lock = threading.RLock()

    def page(self, before: int | None, limit: int, asked: Filter) -> Page:
        """The newest rows before one."""
        limit = max(1, min(limit, MAX_LIMIT))
        rows, searched = list[Row](), 0
        if before is None or before > 0:
            for found in self._recent(before):
                searched += 1
                if asked.matches(found):
                    rows.append(found.row)
                if len(rows) == limit:
                    return Page(rows, found.row.seq, searched)
            before = None
        with closing(self.open_store()) as store:
            # As the file is now; whatever is in it is of a request that is in hand, or kept.
            store.execute("SELECT 1 FROM batches LIMIT 1").fetchone()
            known = self.happenings.in_hand.copy()
            known |= {id_ for one in self.happenings.kept() if (id_ := shown_request_of(one))}
            stored = StoredEvents(store, known.__contains__, self.destination)
            rest = stored.page(before, limit - len(rows), asked.matches, asked.verdict)
        with self._lock:
            for row in rest.rows:
                if row.verdict in ("queued", "waiting") or row.followers:
                    self._waiting[row.key] = row
            while len(self._waiting) > MAX_CHANGED:
                del self._waiting[next(iter(self._waiting))]
        return Page(rows + rest.rows, rest.next, searched + rest.searched)

    def open_store(self) -> sqlite3.Connection:
        """A connection that can only read."""
        return open_to_read(self._path)

    def catch_up(self) -> None:
        """Take in what happened to messages since the last time."""
        with self._lock:
            changes = {change.key: change for change in self.fates.follow(self.happenings.take())}
            if not changes:
                return
            rows = [row for one in self.happenings.kept() for row in self.rows_of(one)]
            changed = {row.key: row for row in rows if row.key in changes}
            for key, change in changes.items():
                self._count(change, changed.get(key))
                if key in self._waiting and key not in changed:
                    changed[key] = self._now(self._waiting[key])
            for row in changed.values():
                self._changes += 1
                self._changed.append((self._changes, row))

    def _count(self, change: Change, row: Row | None) -> None:
        """Count an event in the second in which it came as what it is now."""
        at = row.at if row else change.arrived
        if at is None or change.now is None:
            return  # of an earlier run, or of followers alone
        is_queues = row is not None and row.door == "queue"
        before = change.before or (None if is_queues else "accepted")  # as it was answered
        if before != change.now:
            self.happenings.counts.add(at, ({before: -1} if before else {}) | {change.now: 1})

    def changes_after(self, place: int) -> tuple[list[Row], int]:
        """The rows that have another verdict since a place in time, and the place of now."""
        with self._lock:
            self.catch_up()
            new = [row for number, row in self._changed if number > place]
            return new, self._changes

    def rows_of(self, one: Exchange | Sent) -> list[Row]:
        """The rows of a request or message, as they are now."""
        with self._lock:
            rows = self._rows.get(one.number)
            if rows is None:
                rows = self._rows[one.number] = (
                    rows_of_exchange(one, self.destination)
                    if isinstance(one, Exchange)
                    else rows_of_message(one, self.destination)
                )
            return [self._now(row) for row in rows]

    def find(self, number: int) -> Exchange | Sent | None:
        """A request or message that is still kept."""
        return next((one for one in self.happenings.kept() if one.number == number), None)

    def rates(self) -> list[dict[str, Any]]:
        """The events of each of the last seconds."""
        return self.happenings.counts.last(now_ms())

    def _recent(self, before: int | None) -> Iterator[Found]:
        self.catch_up()
        kept = self.happenings.kept()
        with self._lock:
            numbers = {one.number for one in kept}
            for number in [n for n in self._rows if n not in numbers]:
                del self._rows[number]
        for one in reversed(kept):
            if before is None or one.number * PARTS < before:
                batch_item = cache(partial(batch_item_in, one))
                for row in reversed(self.rows_of(one)):
                    if before is None or row.seq < before:
                        yield Found(row, partial(_text, row, batch_item))

    def _now(self, row: Row) -> Row:
        if (followers := self.fates.followers(row.key)) is not None:
            row = row._replace(followers=followers)
        told = self.fates.verdict(row.key)
        if told is None or row.verdict not in ("accepted", "waiting", "queued"):
            return row
        return row._replace(verdict=told[0], reason=told[1])


def _text(row: Row, batch_item: Callable[[], dict[str, Any]]) -> str:
    return json.dumps(event_in(batch_item(), row.endpoint, row.event), ensure_ascii=False)
