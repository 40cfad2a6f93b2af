"""The page's stream of server-sent events: new rows, changed rows, and each second's counts."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from local.live.chaos import Chaos
from local.live.happenings import Exchange, Sent, now_ms
from local.live.live_events import LiveEvents
from local.live.rows import PARTS, Row

TICK_SECONDS = 0.1
ROWS_A_SECOND = 200
REST_SECONDS = 15  # until a comment keeps the connection alive


class RowStream:
    """Tells each page that listens; costs nothing while none does."""

    def __init__(self, events: LiveEvents, chaos: Chaos, run: str) -> None:
        self._events, self._chaos, self._run = events, chaos, run
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End all streams."""
        self._stopping.set()

    async def listen(self, last_seq: int | None) -> AsyncIterator[bytes]:
        """What a page is told from now on, or from the row on that it had last."""
        place, ticks, room = self._place(last_seq), 0, ROWS_A_SECOND
        _, changes = await asyncio.to_thread(self._events.changes_after, 0)
        second = now_ms() // 1000
        yield _event("hello", {"run": self._run})
        broken: object = None
        while not self._stopping.is_set():
            changed, changes = await asyncio.to_thread(self._events.changes_after, changes)
            changed = [row for row in changed if row.seq <= place]  # others come as they are now
            rows, place, skipped = await asyncio.to_thread(self._new_rows, place, room)
            room -= len(rows)
            for row in rows:
                yield _event("row", row.shown(), row.seq)
            for row in changed[-ROWS_A_SECOND:]:
                yield _event("change", row.shown())
            if skipped:
                yield _event("skipped", {"count": skipped})
            if broken != (broken := (self._chaos.destination, self._chaos.queue)):
                yield _event("chaos", self._chaos.shown())
            ticks += 1
            if now_ms() // 1000 > second:
                yield _event("rates", self._events.happenings.counts.at(second))
                second, room = now_ms() // 1000, ROWS_A_SECOND
            if ticks * TICK_SECONDS >= REST_SECONDS:
                yield b": still here\n\n"
                ticks = 0
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), TICK_SECONDS)

    def _place(self, last_seq: int | None) -> int:
        if last_seq is not None and last_seq > 0:
            return last_seq
        kept = self._events.happenings.kept()
        return _end(kept[-1]) if kept else 0

    def _new_rows(self, place: int, room: int) -> tuple[list[Row], int, int]:
        """What is new after a place, the place after it, and how many rows were left out."""
        new = [one for one in self._events.happenings.kept() if _end(one) > place]
        if not new:
            return [], place, 0
        rows: list[Row] = []
        skipped = 0
        for one in reversed(new):  # what is left out is not even read
            if len(rows) >= room:
                skipped += _count(one)
            else:
                rows = [row for row in self._events.rows_of(one) if row.seq > place] + rows
        skipped += max(0, len(rows) - room)
        return rows[max(0, len(rows) - room) :], _end(new[-1]), skipped


def _end(one: Exchange | Sent) -> int:
    return (one.number + 1) * PARTS - 1


def _count(one: Exchange | Sent) -> int:
    """About how many events it brought, without reading it."""
    if isinstance(one, Sent):
        return 1
    body = one.response.body
    return body.count(b'"StatusCode"') - body.count(b'"EndpointItemResponse"')


def _event(kind: str, data: Any, seq: int | None = None) -> bytes:
    id_ = f"id: {seq}\n" if seq is not None else ""
    return f"event: {kind}\n{id_}data: {json.dumps(data)}\n\n".encode()
