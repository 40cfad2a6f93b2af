"""FILE.checkpoint: how far an import has come, so that another run can go on from there."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from clients.import_endpoints.outcome import StoppedError


@dataclass(kw_only=True)
class State:
    """The place up to which every line is settled, and what became of them."""

    table: str
    application_id: str
    part: str = ""
    part_size: int = 0
    end: int = 0
    number: int = 0
    imported: int = 0
    rejected: int = 0
    rejected_size: int = 0


class Checkpoint:
    """The file; it is there while an import is not at its end."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, table: str, application_id: str) -> State:
        """Where to go on: at the beginning, if there is no checkpoint."""
        if not self._path.exists():
            return State(table=table, application_id=application_id)
        try:
            state = State(**json.loads(self._path.read_bytes()))
        except (ValueError, TypeError):
            raise StoppedError(f"{self._path} is no checkpoint: delete it to start over.") from None
        if (state.table, state.application_id) != (table, application_id):
            raise StoppedError(
                f"{self._path} is of an import into {state.table} for {state.application_id}: "
                "finish that one, or delete the checkpoint to start over."
            )
        return state

    def save(self, state: State) -> None:
        """Write it at one stroke: a process that is killed leaves this one or the one before."""
        unfinished = self._path.with_name(f"{self._path.name}.new")
        unfinished.write_text(json.dumps(asdict(state)))
        os.replace(unfinished, self._path)

    def remove(self) -> None:
        """The import is at its end."""
        self._path.unlink(missing_ok=True)

    def not_of_these_files(self) -> StoppedError:
        """What to say when the files are not those that the checkpoint was written for."""
        return StoppedError(
            f"The files have changed since {self._path} was written: delete it to start over."
        )
