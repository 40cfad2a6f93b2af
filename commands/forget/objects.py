"""The lake's objects one by one: a new one without the person first, then the old one goes."""

import shutil
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import duckdb
from botocore.exceptions import ClientError

from commands.forget.failed_records import cut_line
from commands.forget.journal import DONE, WRITTEN, Journal
from commands.forget.lake_folders import FAILED, PARQUET, Bucket, Found, Scope
from commands.forget.parquet_rows import EVENTS, REJECTED, Counts, ParquetRows, RowsError
from commands.forget.person import Person
from commands.forget.receipt import Entry

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
                    if entry is None or entry["state"] != DONE:
                        entry = self._remove(found, kind, dry_run=dry_run)
                        self._journal.add(found.name, **entry)
                    yield found, entry
        self._settle()

    def _settle(self) -> None:
        """An object that a killed run had deleted, but not noted, is not listed any more."""
        for entry in list(self._journal.entries()):
            if entry["state"] == WRITTEN:
                self._journal.add(**{**entry, "state": DONE})

    def _remove(self, found: Found, kind: str, *, dry_run: bool) -> Entry:
        target = self._folder / "new"
        target.unlink(missing_ok=True)
        try:
            source = self._fetch(found)
            if kind == PARQUET:
                counts = self._cut_rows(found, source, target, dry_run=dry_run)
            elif kind == FAILED:
                counts = self._cut_lines(source, target)
            else:  # a query can be run again
                counts = Counts(1, int(_holds(source, self._texts())))
        except (RowsError, duckdb.Error, ValueError) as error:
            return _not_searched(kind, str(error))
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == _ARCHIVED:
                return _not_searched(kind, "it is archived; restore it and run this again")
            if code not in _GONE:
                raise
            return {"state": DONE, "kind": kind, "rows": 0, "removed": 0}  # by a lifecycle rule
        entry = {"kind": kind, "bytes": found.size, "rows": counts.rows, "removed": counts.removed}
        if dry_run or not counts.removed:
            return {"state": DONE, **entry}
        # What is not current is a backup, which cannot be written anew: it goes as a whole.
        if counts.rows > counts.removed and not found.version:
            entry["new"] = self._put(found, target)
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

    def _cut_lines(self, source: Path, target: Path) -> Counts:
        rows = removed = 0
        with source.open("rb") as lines, target.open("wb") as kept:
            for line in filter(bytes.strip, lines):
                cut = cut_line(line, self._is_theirs)
                kept.write(cut.line or b"")
                rows += cut.documents + (cut.line is not None)
                removed += cut.documents
        return Counts(rows, removed)

    def _is_theirs(self, document: Any) -> bool:
        return self._person.has_record(document) or self._person.has_rejected(document)

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


def _holds(path: Path, texts: list[bytes]) -> bool:
    """Whether a file holds one of the texts, in any case."""
    longest = max((len(text) for text in texts), default=1)
    before = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            window = (before + chunk).lower()
            if any(text.lower() in window for text in texts):
                return True
            before = window[-longest:]
    return False
