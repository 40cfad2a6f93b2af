"""Rows of the live page out of the SQLite file: accepted events, rejected ones, and the queues'."""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator
from heapq import merge
from time import monotonic
from typing import Any, NamedTuple

from local.live.lacking import followers_of
from local.live.rows import (
    PARTS,
    Key,
    Row,
    arrival_of,
    events_of,
    parts_of,
    request_id_of,
    type_of,
    verdict_on,
)
from local.toward import names_in, said_of

MAX_SEARCHED = 20_000
MAX_SECONDS = 1.0
MAX_MESSAGES = 1_000
KINDS = 4  # an accepted event, a rejected part, an event of a message
ACCEPTED, REJECTED, QUEUED = 0, 1, 2
_BATCHES = 200
_KINDS = {
    "accepted": (ACCEPTED, QUEUED), "rejected": (REJECTED,), "failed": (),
    "queued": (QUEUED,), "waiting": (QUEUED,), "dead": (QUEUED,),
}  # fmt: skip
_EVENT = (
    "SELECT b.arrival_timestamp, b.application_id, b.endpoint_id, e.event_id,"
    " json_extract(e.event, '$.EventType'), b.request_id, e.event, e.id, NULL"
    " FROM batches AS b CROSS JOIN batch_events AS e ON e.batch = b.id"
)
_EVENTS = f"{_EVENT} WHERE b.id <= ? AND b.id > ? ORDER BY b.id DESC, e.id DESC"
_PART = (
    "SELECT arrival_timestamp, application_id, endpoint_id, event_id,"
    # Whatever else a client has put there is no type.
    " CASE WHEN json_valid(event) THEN CASE"
    " WHEN json_type(event, '$.EventType') = 'text' THEN json_extract(event, '$.EventType')"
    " WHEN json_type(event, '$.event_type') = 'text' THEN json_extract(event, '$.event_type')"
    " END END, request_id, event,"
    " rowid, message FROM rejected_events"
)
_PARTS = f"{_PART} WHERE rowid <= ? ORDER BY rowid DESC"


class Found(NamedTuple):
    """A row, and the text of its event that a search looks through."""

    row: Row
    text: Callable[[], str]


class Page(NamedTuple):
    """Rows, the newest first; `next` is where to go on, None at the end."""

    rows: list[Row]
    next: int | None
    searched: int


def stored_seq(kind: int, id_: int) -> int:
    """The number of a row that stands in the file; it is negative."""
    return -(id_ * KINDS + kind) - 1


def kind_and_id(seq: int) -> tuple[int, int]:
    """Which table a row stands in, and its id there."""
    id_, kind = divmod(-seq - 1, KINDS)
    return kind, id_


class StoredEvents:
    """Reads the newest rows first; `is_known` says of which requests the page has rows already."""

    def __init__(
        self, store: sqlite3.Connection, is_known: Callable[[str], bool], destination: str
    ) -> None:
        self._store, self._is_known, self._destination = store, is_known, destination
        self._followers: dict[Key, tuple[str, ...]] | None = None

    def page(
        self, before: int | None, limit: int, matches: Callable[[Found], bool], verdict: str = ""
    ) -> Page:
        """Up to `limit` rows that match, or as many as are found in a second.

        Tables that hold nothing of a verdict are not read for it.
        """
        end, searched, rows = monotonic() + MAX_SECONDS, 0, list[Row]()
        last: int | None = None
        for found in self._merged(before, _KINDS.get(verdict, (ACCEPTED, REJECTED, QUEUED))):
            if len(rows) == limit or searched == MAX_SEARCHED or monotonic() > end:
                return Page(rows, last, searched)
            searched += 1
            last = found.row.seq
            if matches(found):
                rows.append(found.row)
        return Page(rows, None, searched)

    def one(self, seq: int) -> Found | None:
        """A row by its number, or None if it is there no more."""
        kind, id_ = kind_and_id(seq)
        if kind == QUEUED:
            return next((found for found in self._queued() if found.row.seq == seq), None)
        sql = f"{_EVENT} WHERE e.id = ?" if kind == ACCEPTED else f"{_PART} WHERE rowid = ?"
        row = self._store.execute(sql, (id_,)).fetchone()
        return row and self._found(row, seq, *_verdict(kind, row))

    def _at_or_before(self, seq: int) -> Found | None:
        """A row, or if it was deleted the next one of its table."""
        if found := self.one(seq):
            return found
        kind, id_ = kind_and_id(seq)
        older = {
            ACCEPTED: "SELECT max(id) FROM batch_events WHERE id < ?",
            REJECTED: "SELECT max(rowid) FROM rejected_events WHERE rowid < ?",
        }.get(kind)
        [before] = self._store.execute(older, (id_,)).fetchone() if older else [None]
        return None if before is None else self.one(stored_seq(kind, before))

    def _merged(self, before: int | None, kinds: Collection[int]) -> Iterator[Found]:
        kind, id_, at = -1, 0, 2**62
        if before is not None:
            kind, id_ = kind_and_id(before)
            known = self._at_or_before(before)
            if known is None:  # it was delivered meanwhile, and all before it
                return iter(())
            (kind, id_), at = kind_and_id(before), known.row.at
        sources = (self._events, self._parts, self._queued)
        iterators = []
        for number, source in enumerate(sources):
            if number not in kinds:
                continue
            if number == kind:
                iterators.append(source(id_, at, is_after=True))
            else:  # of the same moment, those of an earlier table were shown already
                iterators.append(source(None, at - (number < kind), is_after=False))
        return merge(*iterators, key=lambda found: -found.row.at)

    def _events(self, id_: int | None, at: int, *, is_after: bool) -> Iterator[Found]:
        [(top,)] = self._store.execute("SELECT coalesce(max(id), 0) FROM batches")
        if is_after:
            sql = "SELECT batch FROM batch_events WHERE id < ? ORDER BY id DESC LIMIT 1"
            top = next(self._store.execute(sql, (id_,)), (0,))[0]
        elif at < 2**62:
            top = self._newest("batches", "id", top, at)
        while top > 0:
            for row in self._store.execute(_EVENTS, (top, top - _BATCHES)):
                if (id_ is None or row[7] < id_ or not is_after) and not self._is_known(row[5]):
                    yield self._found(row, stored_seq(ACCEPTED, row[7]), "accepted", None)
            top -= _BATCHES

    def _parts(self, id_: int | None, at: int, *, is_after: bool) -> Iterator[Found]:
        [(top,)] = self._store.execute("SELECT coalesce(max(rowid), 0) FROM rejected_events")
        if is_after and id_ is not None:
            top = id_ - 1
        elif at < 2**62:
            top = self._newest("rejected_events", "rowid", top, at)
        for row in self._store.execute(_PARTS, (top,)):
            if not self._is_known(row[5]):
                yield self._found(row, stored_seq(REJECTED, row[7]), "rejected", row[8])

    def _newest(self, table: str, column: str, top: int, at: int) -> int:
        """The last row that came at a moment or before; they stand nearly in their order."""
        low, high = 0, top
        sql = (
            f"SELECT {column}, arrival_timestamp FROM {table} WHERE {column} >= ?"  # noqa: S608 # ours
            f" ORDER BY {column} LIMIT 1"
        )
        while low < high:
            middle = (low + high + 1) // 2
            found = self._store.execute(sql, (middle,)).fetchone()
            if found and found[0] <= high and found[1] <= at:
                low = found[0]
            else:
                high = middle - 1
        return low

    def _queued(
        self, id_: int | None = None, at: int = 2**62, *, is_after: bool = False
    ) -> Iterator[Found]:
        """The events of what waits on the queue and of the dead letters."""
        found = [
            one
            for message in self._store.execute(
                "SELECT sequence, queue, message_id, body, attributes, sent_at FROM messages"
                " ORDER BY sequence DESC LIMIT ?",
                (MAX_MESSAGES,),
            )
            for one in self._of_message(*message)
        ]
        found.sort(key=lambda one: (-one.row.at, -one.row.seq))
        if is_after:
            seq = stored_seq(QUEUED, id_ or 0)
            place = next((n for n, one in enumerate(found) if one.row.seq == seq), -1)
            found = found[place + 1 :]
        yield from (one for one in found if one.row.at <= at)

    def _of_message(
        self, sequence: int, queue: str, message_id: str, body: str, told: str, sent_at: int
    ) -> Iterator[Found]:
        attributes = json.loads(told)
        request_id = request_id_of(attributes, message_id)
        if self._is_known(request_id):
            return
        verdict = verdict_on(queue, attributes)
        reason = attributes.get("Reason", {}).get("StringValue")
        names = names_in(attributes, self._destination)
        followers = tuple(said_of(n, verdict, reason) for n in names if n != self._destination)
        if self._destination not in names:
            if self._destination == "local":
                return  # it is among the accepted
            verdict, reason = "accepted", None
        at = arrival_of(attributes) or sent_at
        application, asked = parts_of(body)
        for place, ids in enumerate(list(events_of(asked)) or [("", "")]):
            seq = stored_seq(QUEUED, sequence * PARTS + place)
            row = (at, application, *ids, type_of(asked, *ids), request_id, body)
            yield self._found(row, seq, verdict, reason, followers)

    def _lacking(self, key: Key) -> tuple[str, ...]:
        if self._followers is None:
            self._followers = followers_of(self._store, self._destination, MAX_MESSAGES)
        return self._followers.get(key, ())

    def _found(
        self, row: tuple[Any, ...], seq: int, verdict: str, reason: str | None,
        followers: tuple[str, ...] = (),
    ) -> Found:  # fmt: skip
        at, application, endpoint, event, type_, request_id, text = row[:7]
        shown = Row(
            seq, at, application, endpoint, event or "",
            type_ if isinstance(type_, str) else None, verdict, reason, self._destination, None,
            request_id or "", followers,
        )  # fmt: skip
        if verdict == "accepted" and not followers:
            shown = shown._replace(followers=self._lacking(shown.key))
        return Found(shown, lambda: _unescaped(str(text)))


def _unescaped(text: str) -> str:
    """JSON as it reads: what broke a rule is kept in ASCII."""
    if "\\u" not in text:
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _verdict(kind: int, row: tuple[Any, ...]) -> tuple[str, str | None]:
    return ("accepted", None) if kind == ACCEPTED else ("rejected", row[8])
