"""The receipt: what was searched, what was removed, and what could not be, object by object."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import Any

import click

from commands.exit_codes import StoppedError
from commands.forget.person import Person

VERSION = 1
Entry = dict[str, Any]  # what became of an object


@dataclass
class Receipt:
    """What a run adds up; it holds none of the person's ids."""

    person: Person
    scope: dict[str, Any]
    dry_run: bool
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    searched: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    objects: list[dict[str, Any]] = field(default_factory=list)
    not_removed: list[dict[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # what could not be searched

    def add_object(self, key: str, entry: Entry) -> None:
        """Add what became of an object; one without the person is only counted."""
        self.searched["objects"] += 1
        self.searched["bytes"] += entry.get("bytes", 0)
        self.searched["rows"] += entry["rows"]
        if problem := entry.get("problem"):
            self.cannot(key, problem, is_problem=True)
        if entry["removed"]:
            self.removed[entry["kind"]] += entry["removed"]
            shown = {name: value for name, value in entry.items() if name not in ("key", "state")}
            self.objects.append({"key": key, **shown})

    def cannot(self, what: str, why: str, *, is_problem: bool = False) -> None:
        """Add what is still there, or may be; a problem is what a person has to look at."""
        self.not_removed.append({"what": what, "why": why})
        if is_problem:
            self.problems.append(f"{what}: {why}")

    def check(self, path: Path, *, goes_on: bool) -> None:
        """Raise an error if it could not be written, or would replace what is there.

        A run that goes on may have written its own: it was stopped between that and its end.
        """
        is_there = path.exists()
        if path.is_file() and path.stat().st_size and not (goes_on and self._is_in(path)):
            raise click.UsageError(
                f"{path} is there already, and a receipt replaces nothing: name another, --receipt."
            )
        try:
            path.open("ab").close()
            if not is_there:
                path.unlink()
        except OSError as error:
            raise StoppedError(f"{path} cannot be written ({error.strerror}).") from None

    def _is_in(self, path: Path) -> bool:
        try:
            found = json.loads(path.read_bytes())
            return bool(found["person"] == self.person.digests())
        except (ValueError, LookupError, TypeError):
            return False

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        document = {
            "receipt": VERSION,
            "person": self.person.digests(),
            "scope": self.scope,
            "dry_run": self.dry_run,
            "started": _shown(self.started),
            "finished": _shown(datetime.now(UTC)),
            "searched": dict(self.searched),
            "removed": dict(self.removed),
            "objects": self.objects,
            "not_removed": self.not_removed,
        }
        try:
            path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise StoppedError(f"{path} cannot be written ({error.strerror}).") from None


def new_path(now: datetime) -> Path:
    """Where a receipt is written that no option names: here, in a file that is not there yet."""
    names = chain([""], (f"-{number}" for number in count(2)))
    paths = (Path(f"forget-{now:%Y%m%dT%H%M%SZ}{name}.json") for name in names)
    return next(path for path in paths if not path.exists())


def _shown(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
