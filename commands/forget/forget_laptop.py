"""The laptop's store: one transaction, then the copies beside it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from commands.exit_codes import StoppedError
from commands.forget.lake_folders import Scope
from commands.forget.logged_lines import cut_lines
from commands.forget.message_parts import cut
from commands.forget.person import Person
from commands.forget.receipt import Receipt
from commands.sql.copy_folder import FOLDER, remove_copy
from commands.sql.store_file import open_store
from commands.store_errors import store_errors
from local.database import FILE, Database
from local.endpoint_items import SqliteItems
from putevents.endpoints.table import EndpointTable

LOG = "gateway.log"
_BATCHES = """
    SELECT b.id, b.application_id, b.endpoint_id, b.arrival_timestamp,
        json_extract(s.members, '$.endpoint.user.userid'),
        (SELECT count(*) FROM batch_events WHERE batch = b.id)
    FROM batches AS b LEFT JOIN endpoint_snapshots AS s ON s.id = b.snapshot
"""
_APPLICATIONS = (
    "SELECT application_id FROM endpoint_items UNION SELECT application_id FROM batches"
    " UNION SELECT application_id FROM rejected_events"
)


class _DryRunError(Exception):
    """Undoes a transaction that was only to count."""


class LaptopStore:
    """What `make run` keeps of people."""

    def __init__(self, folder: Path, person: Person, receipt: Receipt) -> None:
        self._folder, self._person, self._receipt = folder, person, receipt
        if not (folder / FILE).exists():
            raise StoppedError(f"Nothing is stored in {folder}.")

    def forget(self, scope: Scope) -> Iterator[str]:
        """Forget the person, wholly or not at all; yields where it is."""
        with (
            store_errors(self._folder / FILE, "changed"),
            self._to_change() as path,
            closing(Database(path)) as database,
        ):
            try:
                with database.transaction() as connection:
                    connection.execute("PRAGMA secure_delete = ON")  # no row stays in a free page
                    [(store,)] = connection.execute("SELECT id FROM store")
                    yield "endpoints"
                    self._find_endpoints(connection)
                    yield "events"
                    self._forget_events(connection, scope)
                    self._forget_rejected(connection, scope)
                    self._forget_messages(connection)
                    self._forget_endpoints(connection)
                    # Before the commit: after a kill the endpoints are still known.
                    yield "logs"
                    self._forget_lines()
                    if self._receipt.dry_run:
                        raise _DryRunError
            except _DryRunError:
                return
            yield "copies"
            database.settle()
        wal = self._folder / f"{FILE}-wal"
        if wal.exists() and wal.stat().st_size:
            self._receipt.cannot(
                wal.name,
                "Another program has the store open. What was removed leaves this file when that"
                " program ends.",
            )
        for path in remove_copy(self._folder / FOLDER, store):  # `make sql` makes it anew
            self._receipt.cannot(f"{FOLDER}/{path.name}", "It cannot be removed.", is_problem=True)

    @contextmanager
    def _to_change(self) -> Iterator[Path]:
        """The store, or of one that only its owner may write a copy, in which a dry run counts."""
        store = self._folder / FILE
        is_ours = all(os.access(path, os.W_OK) for path in (store, self._folder))
        if is_ours or not self._receipt.dry_run:
            yield store
            return
        with TemporaryDirectory() as folder:
            with (
                closing(open_store(store).connection) as here,
                closing(sqlite3.connect(Path(folder) / FILE)) as copy,
            ):
                here.backup(copy)
            yield Path(folder) / FILE

    def _applications(self, connection: sqlite3.Connection) -> list[str]:
        known = [name for (name,) in connection.execute(_APPLICATIONS)]
        return self._person.applications(known)

    def _find_endpoints(self, connection: sqlite3.Connection) -> None:
        """Note the endpoints that the user has or, if they count, has had."""
        user_id = self._person.user_id
        if user_id is None:
            return
        items = SqliteItems(connection)
        for application_id in self._applications(connection):
            for key in items.find_by_user(application_id, user_id):
                self._person.add(application_id, key)
        for _, application_id, endpoint_id, _, user, _ in connection.execute(_BATCHES):
            if user == user_id and self._person.is_in(application_id):
                self._person.see(application_id, endpoint_id)

    def _forget_events(self, connection: sqlite3.Connection, scope: Scope) -> None:
        for batch, application_id, endpoint_id, arrived, user, count in connection.execute(
            _BATCHES
        ).fetchall():
            self._receipt.searched["events"] += count
            record = {
                "application": {"app_id": application_id},
                "client": {"client_id": endpoint_id},
                "endpoint": {"user": {"userid": user}},
            }
            if _is_in(scope, arrived) and self._person.has_record(record):
                connection.execute("DELETE FROM batch_events WHERE batch = ?", (batch,))
                self._receipt.removed["events"] += count

    def _forget_rejected(self, connection: sqlite3.Connection, scope: Scope) -> None:
        columns = "rowid, application_id, endpoint_id, event, arrival_timestamp"
        rows = connection.execute(f"SELECT {columns} FROM rejected_events").fetchall()  # noqa: S608 # ours
        for row, application_id, endpoint_id, event, arrived in rows:
            record = {"application_id": application_id, "endpoint_id": endpoint_id, "event": event}
            self._receipt.searched["rejected events"] += 1
            if _is_in(scope, arrived) and self._person.has_rejected(record):
                connection.execute("DELETE FROM rejected_events WHERE rowid = ?", (row,))
                self._receipt.removed["rejected events"] += 1

    def _forget_messages(self, connection: sqlite3.Connection) -> None:
        sql = "SELECT sequence, queue, message_id, body FROM messages"
        for sequence, queue, id_, body in connection.execute(sql).fetchall():
            self._receipt.searched["messages"] += 1
            kept, parts, problem = cut(body, self._person)
            if problem:
                self._receipt.cannot(f"message {id_} in {queue}", problem, is_problem=True)
            if parts:
                self._receipt.removed["parts of messages"] += parts
                connection.execute(
                    "UPDATE messages SET body = ? WHERE sequence = ?"
                    if kept is not None
                    else "DELETE FROM messages WHERE ?1 IS NULL AND sequence = ?2",
                    (kept, sequence),
                )

    def _forget_endpoints(self, connection: sqlite3.Connection) -> None:
        table = EndpointTable(SqliteItems(connection))
        for application_id in self._applications(connection):
            ids = self._person.keys_in(application_id)
            found = table.forget(application_id, ids, self._person.user_id or "")
            self._receipt.removed["endpoints and users"] += len(found)

    def _forget_lines(self) -> None:
        for log in sorted(self._folder.glob(f"{LOG}*")):
            searched, removed = cut_lines(log, self._person, dry_run=self._receipt.dry_run)
            self._receipt.searched["lines of logs"] += searched
            self._receipt.removed["lines of logs"] += removed


def _is_in(scope: Scope, arrived: int) -> bool:
    day = f"{datetime.fromtimestamp(arrived / 1000, UTC):%Y-%m-%d}"
    return (scope.since or "") <= day <= (scope.until or "9999")
