"""The import: batch by batch into the table, each stored before the checkpoint moves on."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from commands.exit_codes import ExitCode
from commands.import_endpoints.checkpoint import Checkpoint, Rejects, State
from commands.import_endpoints.export_reader import Batch, batches
from commands.plain_text import counted
from putevents.endpoints.update import Change

_RULES = 10  # that the summary shows


class Table(Protocol):
    """Where endpoints of one application are written."""

    name: str
    application_id: str

    def write(self, changes: dict[str, Change]) -> dict[str, str]:
        """Return when all are stored: the rules that rejected ones break. Or StoppedError."""


class Run:
    """One run of the command; `say` tells a person a sentence."""

    def __init__(self, path: Path, files: list[Path], say: Callable[[str], None]) -> None:
        self._path = path
        self._files = dict(sorted((self._name(file), file) for file in files))
        self._say = say
        self._started = time.monotonic()
        self._now = time.time_ns() // 1_000_000
        self._state = State(table="", application_id="")
        self._imported_before = 0
        self._rules: Counter[str] = Counter()

    def validate(self) -> Iterator[int]:
        """Only read and validate; yields the bytes read since the last time."""
        for file, batch, step in self._walk():
            self._count(file, batch, {}, None)
            yield step

    def import_into(self, table: Table, rejects: Rejects, checkpoint: Checkpoint) -> Iterator[int]:
        """Import from where `checkpoint` is; yields as `validate`. Raises StoppedError."""
        self._state = state = checkpoint.load(table.name, table.application_id)
        self._imported_before = state.imported
        rejects.go_on(state.rejected_size)
        if state.part:
            part = self._files.get(state.part)
            if part is None or part.stat().st_size != state.part_size:
                raise checkpoint.not_of_these_files()
            self._say(f"Going on behind line {state.number} of {part}.")
        for file, batch, step in self._walk():
            self._count(file, batch, table.write(batch.changes), rejects)
            state.part, state.part_size = self._name(file), file.stat().st_size
            state.end, state.number = batch.end, batch.number
            state.rejected_size = rejects.flush()
            checkpoint.save(state)
            yield step
        checkpoint.remove()

    def summary(self) -> Iterator[str]:
        """What became of the lines; of a run that went on, those of the runs before too."""
        seconds = time.monotonic() - self._started
        rate = (self._state.imported - self._imported_before) / seconds if seconds else 0
        done = "imported" if self._state.table else "valid"
        yield f"{done:10} {counted(self._state.imported, 'endpoint')}"
        yield f"rejected   {counted(self._state.rejected, 'line')}"
        for rule, count in self._rules.most_common(_RULES):
            yield f"{'':10} {count} x {rule}"
        yield f"seconds    {seconds:.1f} ({rate:.0f} endpoints/s)"

    @property
    def exit_code(self) -> ExitCode:
        """How the command ends, if it gets to the end."""
        return ExitCode.REJECTED if self._state.rejected else ExitCode.DONE

    def _walk(self) -> Iterator[tuple[Path, Batch, int]]:
        """The batches behind the place in the state, and how many bytes each of them took."""
        part, end, number = self._state.part, self._state.end, self._state.number
        passed = 0
        for name, file in self._files.items():
            if name < part:
                passed += file.stat().st_size
                continue
            place = (end, number) if name == part else (0, 0)
            read = 0
            for batch in batches(file, *place, self._now):
                yield file, batch, passed + batch.bytes_read - read
                passed, read = 0, batch.bytes_read

    def _count(
        self, file: Path, batch: Batch, broken: dict[str, str], rejects: Rejects | None
    ) -> None:
        """Count the lines of a batch, and write the rejected ones down; `broken` is the table's."""
        rejected = [(batch.origins[id_], why) for id_, why in broken.items()]
        self._state.imported += len(batch.changes) - len(rejected)
        for line, why in sorted(batch.rejected + rejected):
            self._state.rejected += 1
            self._rules[why] += 1
            self._say(f"{file}:{line.number}: {why}")
            if rejects:
                rejects.add(f"{file}:{line.number}: {why}", line, batch.header)

    def _name(self, file: Path) -> str:
        return file.name if file == self._path else str(file.relative_to(self._path))
