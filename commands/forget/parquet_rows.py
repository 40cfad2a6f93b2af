"""Parquet files without a person's rows; all other rows stay as they are, in their order."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from commands.forget.naming import users_in
from commands.forget.person import Person
from commands.sql.file_names import path_text, to_read

MEMORY = "1GB"
# Of a map or a struct, a row can be long: this many of the longest fit into the memory.
ROW_GROUP = 32_768
EVENTS, REJECTED = "events", "rejected"
_ENDPOINT = {EVENTS: "client.client_id", REJECTED: "endpoint_id"}
_USER = {
    EVENTS: 'endpoint."user".userid',
    REJECTED: "coalesce(TRY(json_extract_string(event, '$.User.UserId')),"
    " TRY(json_extract_string(event, '$.client.user_id')))",
}
# No application's id holds this character.
_BETWEEN = "\x1f"
_PAIR = "application_id || chr(31) || endpoint_id"
_IS_USER = f"{_USER[EVENTS]} = getvariable('person')"


class RowsError(Exception):
    """A file was not rewritten as it should be: it stays as it is."""


class Counts(NamedTuple):
    """The rows of a file, and those that are the person's."""

    rows: int
    removed: int


class ParquetRows:
    """A DuckDB that reads and writes files in one folder, in bounded memory."""

    def __init__(self, folder: Path, person: Person) -> None:
        self._person = person
        self._duckdb = duckdb.connect(
            config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        )
        for name, value in {
            "memory_limit": MEMORY,
            "temp_directory": str(folder),
            "preserve_insertion_order": "true",
        }.items():
            self._duckdb.execute(f"SET {name} = '{value}'")
        self._duckdb.execute("SET VARIABLE person = ?", [person.user_id])

    def count(self, source: Path, kind: str, application_id: str | None) -> Counts:
        """Count a file's rows. `application_id` is that of all of them, None if each has its own.

        Endpoints that the user has in them are noted.
        """
        theirs = self._condition(source, kind, application_id)
        [(rows, removed)] = self._ask(
            "SELECT count(*), count(*) FILTER", theirs, "FROM", _file(source)
        )
        if removed and kind == EVENTS and self._person.user_id is not None and application_id:
            self.note_endpoints(source, application_id, theirs)
        return Counts(rows, removed)

    def note_endpoints(self, source: Path, application_id: str, theirs: str = _IS_USER) -> None:
        """Note the endpoints of the person's rows; without a condition, of the user's."""
        found = self._ask(
            "SELECT DISTINCT", _ENDPOINT[EVENTS], "FROM", _file(source), "WHERE", theirs
        )
        for (id_,) in found:
            self._person.see(application_id, id_)

    def rewrite(self, source: Path, target: Path, kind: str, application_id: str | None) -> None:
        """Write a file without the person's rows; raises RowsError if it is not all the rest."""
        theirs = self._condition(source, kind, application_id)
        kept = " ".join(("(FROM", _file(source), "WHERE NOT", theirs + ")"))
        options = [f"COMPRESSION '{self._compression(source)}'", f"ROW_GROUP_SIZE {ROW_GROUP}"]
        if told := self._metadata(source):
            options.append(f"KV_METADATA {{{told}}}")
        written = f"(FORMAT parquet, {', '.join(options)})"
        list(self._ask("COPY", kept, "TO", path_text(target), written))
        columns = [list(self._ask("DESCRIBE FROM", _file(path))) for path in (source, target)]
        if columns[0] != columns[1]:
            raise RowsError("the columns would change")
        # Row by row, so that the order is compared too.
        [(differing,)] = self._ask(
            *("SELECT count(*) FROM (SELECT a FROM", kept, "a) POSITIONAL JOIN (SELECT b FROM"),
            *(_file(target), "b) WHERE hash(a) IS DISTINCT FROM hash(b)"),
        )
        if differing:
            raise RowsError(f"{differing} rows would change")

    def close(self) -> None:
        """Let go of the files."""
        self._duckdb.close()

    def _condition(self, source: Path, kind: str, application_id: str | None) -> str:
        """Whether a row is the person's; never null."""
        person, user, endpoint = self._person, _USER[kind], _ENDPOINT[kind]
        terms = []
        if person.user_id is not None:
            terms.append(f"{user} = getvariable('person')")
            if kind == REJECTED and (broken := self._broken(source)):
                self._duckdb.execute("SET VARIABLE broken = ?::VARCHAR[]", [broken])
                terms.append("list_contains(getvariable('broken'), event)")
        if person.endpoint_id is not None or person.with_endpoints or kind == REJECTED:
            ids = self._spellings(source, kind, application_id)
            self._duckdb.execute("SET VARIABLE theirs = ?::VARCHAR[]", [ids])
            column = endpoint if application_id else _PAIR
            is_theirs = f"list_contains(getvariable('theirs'), {column})"
            if person.endpoint_id is None and kind == EVENTS:  # what others signed for stays
                is_theirs = f"({is_theirs} AND coalesce({user}, '') = '')"
            terms.append(is_theirs)
        condition = f"({' OR '.join(f'coalesce({term}, false)' for term in terms)})"
        if kind == REJECTED and person.application_id:
            self._duckdb.execute("SET VARIABLE application = ?", [person.application_id])
            condition = f"({condition} AND application_id = getvariable('application'))"
        return condition

    def _spellings(self, source: Path, kind: str, application_id: str | None) -> list[str]:
        """The ids in a file that are those of the person's endpoints, in the letters they have.

        With the application before it, if that is a column.
        """
        column = _ENDPOINT[kind] if application_id else _PAIR
        found: list[str] = []
        for (text,) in self._ask("SELECT DISTINCT", column, "FROM", _file(source)):
            application, _, id_ = (text or "").rpartition(_BETWEEN)
            if self._person.has(application_id or application, id_):
                found.append(text)
        return found

    def _broken(self, source: Path) -> list[str]:
        """The rejected parts that name the user in a text that was cut, or in another type."""
        found = self._ask(
            *("SELECT DISTINCT event FROM", _file(source)),
            "WHERE contains(event, '\"User\"') AND",
            "coalesce(TRY(json_type(event, '$.User.UserId')), '') <> 'VARCHAR'",
            "OR contains(event, 'user_id') AND",
            "coalesce(TRY(json_type(event, '$.client.user_id')), '') <> 'VARCHAR'",
        )
        return [text for (text,) in found if self._person.user_id in {*users_in(text)}]

    def _compression(self, source: Path) -> str:
        """How a file is compressed; Firehose's default if that differs by column."""
        found = list(self._ask("SELECT DISTINCT compression FROM", _told("metadata", source)))
        return str(found[0][0]).lower() if len(found) == 1 else "snappy"

    def _metadata(self, source: Path) -> str:
        """What a file says of itself."""
        told = self._ask("SELECT decode(key), decode(value) FROM", _told("kv_metadata", source))
        return ", ".join(f"{_text(key)}: {_text(value)}" for key, value in told)

    def _ask(self, *parts: str) -> Iterator[Any]:
        cursor = self._duckdb.execute(" ".join(parts))
        while rows := cursor.fetchmany(1000):
            yield from rows


def _file(path: Path) -> str:
    return f"read_parquet({path_text(to_read(path))}, hive_partitioning = false)"


def _told(what: str, path: Path) -> str:
    return f"parquet_{what}({path_text(to_read(path))})"


def _text(text: str) -> str:
    """A text of SQL."""
    return "'" + text.replace("'", "''") + "'"
