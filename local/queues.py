"""Keeps the two queues of a laptop in the SQLite file: messages, and dead letters."""

import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from itertools import accumulate
from math import inf

from local.database import Database
from local.queue_message import DEAD_LETTERS, QUEUE, Message, NewMessage
from local.steady_clock import SteadyClock

MAX_RECEIVE_COUNT = 80  # as infra/retry_queues.py has it
# The payload limit of a Lambda invocation, which ten of the largest messages would exceed.
MAX_BATCH_BYTES = 6 * 1024 * 1024
MAX_HIDDEN_SECONDS = 12 * 3600  # SQS's limit for a visibility timeout
_CLOCK = SteadyClock()
# Is told of messages before anybody can receive them: their queue and ids.
OnSent = Callable[[str, list[str], list[NewMessage]], None]


class Queues:
    """Sends, receives and deletes messages; each call is on the disk when it returns."""

    def __init__(
        self, database: Database, visibility_seconds: int, on_sent: OnSent = lambda *_: None
    ) -> None:
        self._database, self._on_sent = database, on_sent
        self.visibility_seconds = visibility_seconds
        self._changed = threading.Condition()

    def send(self, queue: str, messages: Iterable[NewMessage]) -> list[str]:
        """Store the messages; returns their ids."""
        sent, now, messages = _wall(), _now(), list(messages)
        rows = [
            (
                queue,
                str(uuid.uuid4()),
                m.body,
                json.dumps(m.attributes),
                sent,
                now + m.delay_seconds * 1000,
                now,
            )
            for m in messages
        ]
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO messages"
                " (queue, message_id, body, attributes, sent_at, visible_at, hidden_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            self._on_sent(queue, [row[1] for row in rows], messages)
        self.wake()
        return [row[1] for row in rows]

    def receive(
        self, queue: str, limit: int, visibility_seconds: int | None = None
    ) -> list[Message]:
        """Return messages that are due, and hide them for the visibility timeout."""
        now = _now()
        seconds = self.visibility_seconds if visibility_seconds is None else visibility_seconds
        with self._database.transaction() as connection:
            sequences = _due_sequences(connection, queue, now, limit)
            connection.executemany(
                "UPDATE messages SET visible_at = ?, hidden_at = ?,"
                " receive_count = receive_count + 1,"
                " first_received_at = coalesce(first_received_at, ?),"
                " receipt_handle = lower(hex(randomblob(16))) WHERE sequence = ?",
                [(now + seconds * 1000, now, _wall(), sequence) for sequence in sequences],
            )
            return [_message(connection, sequence) for sequence in sequences]

    def bury_exhausted(self) -> int:
        """Move messages that were received too often to the dead letters; returns how many."""
        now = _now()
        with self._database.transaction() as connection:
            moved = connection.execute(
                "UPDATE messages SET queue = ?, visible_at = ?, hidden_at = ?"
                " WHERE queue = ? AND visible_at <= ? AND receive_count >= ?",
                (DEAD_LETTERS, now, now, QUEUE, now, MAX_RECEIVE_COUNT),
            )
            return moved.rowcount

    def release(self) -> list[str]:
        """Make all that waits due now; returns the applications of which something waits."""
        now = _now()
        with self._database.transaction() as connection:
            found = connection.execute(
                # As bytes: a producer may have named one that is no text.
                "SELECT DISTINCT CAST(json_extract(body, '$.ApplicationId') AS BLOB)"
                " FROM messages WHERE queue = ? AND json_valid(body)",
                (QUEUE,),
            ).fetchall()
            connection.execute(
                "UPDATE messages SET visible_at = ?1, hidden_at = ?1"
                " WHERE queue = ?2 AND visible_at > ?1",
                (now, QUEUE),
            )
        self.wake()
        return [name.decode(errors="replace") for (name,) in found if name is not None]

    def adjust(self) -> None:
        """Put right when messages are due, if the clock was set back since they were hidden.

        The clock of a process runs on evenly; the next process starts with the machine's.
        """
        now = _now()
        with self._database.transaction() as connection:
            (latest,) = connection.execute("SELECT max(hidden_at) FROM messages").fetchone()
            ahead = max(0, (latest or 0) - now)
            connection.execute(
                "UPDATE messages SET visible_at = visible_at - ?1, hidden_at = hidden_at - ?1",
                (ahead,),
            )
            # Of a message of an earlier version, nobody knows when it was hidden.
            connection.execute(
                "UPDATE messages SET visible_at = ?1 WHERE hidden_at IS NULL AND visible_at > ?2",
                (now, now + MAX_HIDDEN_SECONDS * 1000),
            )

    def delete(self, queue: str, receipt_handles: Iterable[str]) -> None:
        """Delete the messages; unknown handles are ignored."""
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM messages WHERE queue = ? AND receipt_handle = ?",
                [(queue, handle) for handle in receipt_handles],
            )

    def change_visibility(self, queue: str, receipt_handle: str, seconds: int) -> bool:
        """Change when a received message is due; returns whether the handle is known."""
        now = _now()
        with self._database.transaction() as connection:
            changed = connection.execute(
                "UPDATE messages SET visible_at = ?, hidden_at = ?"
                " WHERE queue = ? AND receipt_handle = ?",
                (now + seconds * 1000, now, queue, receipt_handle),
            )
        self.wake()
        return changed.rowcount > 0

    def counts(self, queue: str) -> tuple[int, int, int]:
        """Count the messages that are due, in flight, and delayed."""
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT coalesce(sum(visible_at <= ?1), 0),"
                " coalesce(sum(visible_at > ?1 AND receive_count > 0), 0),"
                " coalesce(sum(visible_at > ?1 AND receive_count = 0), 0)"
                " FROM messages WHERE queue = ?2",
                (_now(), queue),
            ).fetchone()
        return row[0], row[1], row[2]

    def wait_until_due(self, stopping: threading.Event) -> None:
        """Wait until a message is due or `wake` is called, unless `stopping` is set.

        Looks again after a minute: the wait does not count the time that a laptop sleeps.
        """
        with self._changed:
            if not stopping.is_set():
                self._changed.wait(min(60, self._seconds_until_due()))

    def wake(self) -> None:
        """End the wait of `wait_until_due`."""
        with self._changed:
            self._changed.notify_all()

    def _seconds_until_due(self) -> float:
        with self._database.transaction() as connection:
            (due,) = connection.execute(
                "SELECT min(visible_at) FROM messages WHERE queue = ?", (QUEUE,)
            ).fetchone()
        return inf if due is None else max(0.0, (due - _now()) / 1000)


def _due_sequences(connection: sqlite3.Connection, queue: str, now: int, limit: int) -> list[int]:
    """Choose the messages of one batch, the one that is due longest first."""
    due = connection.execute(
        "SELECT sequence, length(CAST(body AS BLOB)) FROM messages"
        " WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, sequence LIMIT ?",
        (queue, now, limit),
    ).fetchall()
    sizes = accumulate(size for _, size in due)
    return [
        sequence
        for (sequence, _), total in zip(due, sizes, strict=True)
        if total <= MAX_BATCH_BYTES
    ]


def _message(connection: sqlite3.Connection, sequence: int) -> Message:
    message_id, body, attributes, *rest = connection.execute(
        "SELECT message_id, body, attributes, sent_at, first_received_at, receive_count,"
        " receipt_handle FROM messages WHERE sequence = ?",
        (sequence,),
    ).fetchone()
    return Message(message_id, body, json.loads(attributes), *rest)


def _now() -> int:
    """Return the time by which messages are due."""
    return _CLOCK.now()


def _wall() -> int:
    """Return the time of day, by which messages and requests are put in order."""
    return time.time_ns() // 1_000_000
