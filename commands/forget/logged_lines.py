"""The laptop's log files without the lines that name a person."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from commands.forget.naming import names
from commands.forget.person import Person
from putevents.ingest.submission import MAX_LOGGED_CHARACTERS, logged_id

# What the gateway itself writes in every line, and what an application is called.
_OURS = {
    *("level", "location", "message", "timestamp", "service", "request_id", "_aws"),
    *("application", "application_id"),
}
_FREE = ("exception", "stack_trace", "exception_name")


class Lines(NamedTuple):
    """How many lines there were, and how many went."""

    searched: int
    removed: int


def cut_lines(log: Path, person: Person, *, dry_run: bool) -> Lines:
    """Remove the lines that name the person, in the file that the gateway appends to."""
    exact = [id_ for id_ in (person.user_id,) if id_]
    folded = [key for _, key in person.endpoints | person.seen]
    with log.open("r+b") as file:
        lines = file.readlines()
        kept = [line for line in lines if not _is_theirs(line, exact, folded)]
        if len(kept) < len(lines) and not dry_run:
            file.seek(0)
            file.writelines(kept)
            file.truncate()
    return Lines(len(lines), len(lines) - len(kept))


def _is_theirs(line: bytes, exact: list[str], folded: list[str]) -> bool:
    text = line.decode("utf-8", "replace")
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict):
        return _names(text, exact, folded)
    if any(_names(str(entry.get(name) or ""), exact, folded) for name in _FREE):
        return True
    logged = set(map(logged_id, exact)), set(map(logged_id, folded))
    said = [value for name, value in entry.items() if name not in _OURS]
    return any(
        value in logged[0] or value.casefold()[:MAX_LOGGED_CHARACTERS] in logged[1]
        for value in _strings(said)
    )


def _names(text: str, exact: list[str], folded: list[str]) -> bool:
    """Also as a URL has it."""
    quoted = [[quote(id_, safe="") for id_ in ids] for ids in (exact, folded)]
    return names(text, [*exact, *quoted[0]], [*folded, *quoted[1]])


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)
