"""The lake's objects one by one: a new one without the person first, then the old one goes."""

import shutil
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import duckdb
from botocore.exceptions import ClientError

from commands.forget.failed_records import CutLine, cut_line, texts_of
from commands.forget.journal import DONE, WRITTEN, Journal
from commands.forget.lake_folders import FAILED, PARQUET, Bucket, Found, Scope
from commands.forget.naming import holds
from commands.forget.parquet_rows import EVENTS, REJECTED, Counts, ParquetRows, RowsError
from commands.forget.person import Person
from commands.forget.receipt import Entry
from commands.plain_text import counted

_CHUNK = 1024 * 1024
_GONE = ("NoSuchKey", "NoSuchVersion", "404")
_ARCHIVED = "InvalidObjectState"


class Objects:
    """Searches the objects of a scope and removes the person from them."""

    def __init__(
        self, bucket: Bucket, person: Person, scope: Scope, journal: Journal, folder: Path
    ) -> None:
        self._bucket, self._person, self._scope = bucket, person, scope
        self._journal, self._folder = journal, folder
        self._rows = ParquetRows(folder, person)

    def find_endpoints(self) -> Iterator[Found]:
        """Note the endpoints with which the user has sent events; yields what was read."""
        for found in self._bucket.list("events/"):
            application_id = found.application_id
            if application_id and self._scope.has(found.key):
                self._rows.note_endpoints(self._fetch(found), application_id)
                yield found

    def remove(self, *, dry_run: bool) -> Iterator[tuple[Found, Entry]]:
        """Search each object that is not done yet, remove the person, and yield the entry."""
        for folder, kind in self._scope.folders():
            for found in self._bucket.list(folder):
                if self._scope.has(found.key):
                    entry = self._journal.get(found.name)
                    if entry is None or entry["state"] != DONE or self._knows_more(entry):
                        known = self._known
                        entry = self._remove(found, kind, dry_run=dry_run)
                        if not found.key.startswith("events/"):
                            entry["known"] = known
                        self._journal.add(found.name, **entry)
                    yield found, entry
        self._settle()

    @property
    def _known(self) -> int:
        return len(self._person.endpoints | self._person.seen)

    def _knows_more(self, entry: Entry) -> bool:
        """Whether a killed run knew fewer of the endpoints when it searched an object."""
        return bool(entry.get("known", self._known) < self._known)

    def _settle(self) -> None:
        """An object that a killed run had deleted, but not noted, is not listed any more."""
        for entry in list(self._journal.entries()):
            if entry["state"] == WRITTEN:
                self._journal.add(**{**entry, "state": DONE})

    def _remove(self, found: Found, kind: str, *, dry_run: bool) -> Entry:
        target = self._folder / "new"
        target.unlink(missing_ok=True)
        problem = {}
        try:
            source = self._fetch(found)
            if kind == PARQUET:
                counts = self._cut_rows(found, source, target, dry_run=dry_run)
            elif kind == FAILED:
                counts, unread = self._cut_lines(source, target)
                if unread:
                    lines = counted(unread, "unreadable line")
                    problem = {"problem": f"{lines} with an id of the person"}
            else:  # a query can be run again
                counts = Counts(1, int(holds(source, self._texts())))
        except RowsError as error:
            return _not_searched(kind, str(error))
        except duckdb.Error:  # its text holds SQL and paths of this machine
            return _not_searched(kind, "it is no Parquet file of the lake's columns")
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == _ARCHIVED:
                return _not_searched(kind, "it is archived; restore it and run this again")
            if code not in _GONE:
                raise
            return {"state": DONE, "kind": kind, "rows": 0, "removed": 0}  # by a lifecycle rule
        entry = {"kind": kind, "bytes": found.size, "rows": counts.rows, "removed": counts.removed}
        entry |= problem
        if dry_run or not counts.removed:
            return {"state": DONE, **entry}
        # What is not current is a backup, which cannot be written anew: it goes as a whole.
        if counts.rows > counts.removed and not found.version:
            entry["new"] = self._put(found, target)
        self._journal.keep_endpoints(self._person)  # nothing will tell of them any more
        self._journal.add(found.name, state=WRITTEN, **entry)
        entry["versions"] = self._bucket.delete(found)
        return {"state": DONE, **entry}

    def _cut_rows(self, found: Found, source: Path, target: Path, *, dry_run: bool) -> Counts:
        is_events = found.key.startswith("events/")
        where = (EVENTS if is_events else REJECTED, found.application_id)
        counts = self._rows.count(source, *where)
        if 0 < counts.removed < counts.rows and not dry_run:
            self._rows.rewrite(source, target, *where)
        return counts

    def _cut_lines(self, source: Path, target: Path) -> tuple[Counts, int]:
        """The lines and documents, and how many lines name the person but cannot be read."""
        rows = removed = unread = 0
        with source.open("rb") as lines, target.open("wb") as kept:
            for line in filter(bytes.strip, lines):
                try:
                    cut = cut_line(line, self._is_theirs)
                except (ValueError, RecursionError):
                    unread += any(map(self._person.is_named_in, texts_of(line)))
                    cut = CutLine(line, 0)
                kept.write(cut.line or b"")
                rows += cut.documents + (cut.line is not None)
                removed += cut.documents
        return Counts(rows, removed), unread

    def _is_theirs(self, document: Any) -> bool:
        return self._person.has_failed(document)

    def _texts(self) -> list[bytes]:
        """What a query's result would hold of the person."""
        person = self._person
        ids = [
            person.user_id,
            person.endpoint_id,
            *(key for _, key in person.endpoints | person.seen),
        ]
        return [id_.encode("utf-8", "replace").replace(b'"', b'""') for id_ in ids if id_]

    def _fetch(self, found: Found) -> Path:
        """The object on this disk."""
        path = self._folder / "old"
        version = {"VersionId": found.version} if found.version else {}
        answer = self._bucket.s3.get_object(Bucket=self._bucket.name, Key=found.key, **version)
        with path.open("wb") as file:
            shutil.copyfileobj(answer["Body"], file, _CHUNK)
        return path

    def _put(self, found: Found, source: Path) -> str:
        """Write the object that takes the old one's place: the same name after a kill."""
        head = self._bucket.s3.head_object(Bucket=self._bucket.name, Key=found.key)
        name = blake2b(found.key.encode(), digest_size=12).hexdigest()
        key = f"{found.key.rpartition('/')[0]}/without-{name}{Path(found.key).suffix}"
        if self._bucket.is_versioned:  # of what a killed run has written no version stays
            self._bucket.delete(Found(key, 0))
        self._bucket.s3.upload_file(
            str(source),
            self._bucket.name,
            key,
            ExtraArgs={"StorageClass": head.get("StorageClass", "STANDARD")},
        )
        return key

    def close(self) -> None:
        """Let go of the files."""
        self._rows.close()


def _not_searched(kind: str, problem: str) -> Entry:
    return {"state": DONE, "kind": kind, "rows": 0, "removed": 0, "problem": problem}
