"""What the CDK's CLI prints, kept in a file, and the few lines of it that a person watches."""

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

# A stack's event as the CLI prints it: "stack | 12/118 | 10:00:00 AM | CREATE_COMPLETE | ...".
_EVENT = re.compile(r"\|\s*(\d+)/(\d+)\s*\|")
_WARNING = re.compile(r"\[Warning at |\[Error at ")
_QUARTERS = 4
LAST_LINES = 15


class CdkOutput:
    """Follows runs of the CLI: all of it goes to the file, progress to the terminal."""

    def __init__(self, file: Path, shown: TextIO | None = None) -> None:
        self.file = file
        self._shown = shown or sys.stdout
        self._step, self._told = "", -1

    def follow(
        self, step: str, command: Sequence[str | Path], cwd: Path, environment: Mapping[str, str]
    ) -> tuple[int, str]:
        """Run a command; its exit status and last lines."""
        self._step, self._told = step, -1
        self._line(f"--- {step}")
        lines: list[str] = []
        with (
            self.file.open("a") as log,
            subprocess.Popen(
                command, cwd=cwd, env=environment, text=True, errors="replace",
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            ) as process,
        ):  # fmt: skip
            assert process.stdout
            for line in process.stdout:
                log.write(line)
                log.flush()
                lines = [*lines[1 - LAST_LINES :], line]
                self._tell(line)
        return process.returncode, "".join(lines)

    def _tell(self, line: str) -> None:
        """Show a quarter of the resources that is done, each once."""
        if found := _EVENT.search(line):
            done, all_ = map(int, found.groups())
            quarter = done * _QUARTERS // max(all_, 1)
            if quarter > self._told:
                self._told = quarter
                if quarter:
                    self._line(f"    {done} of {all_} resources")
        elif _WARNING.search(line):
            self._line(f"    {line.strip()}")

    def _line(self, text: str) -> None:
        print(text, file=self._shown, flush=True)
