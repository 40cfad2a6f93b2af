"""What the CDK's CLI prints, kept in a file, and the few lines of it that a person watches."""

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

# A stack's event as the CLI prints it: "stack | 12/118 | 10:00:00 AM | CREATE_COMPLETE | ...".
_EVENT = re.compile(r"\|\s*(\d+)/(\d+)\s*\|")
_WARNING = re.compile(r"^(?:\x1b\[\d+m)*(WARNING .*?)(?:\x1b\[\d+m)*$")
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
        """Show how many resources are done: on a terminal each, elsewhere each quarter of them."""
        if found := _EVENT.search(line):
            done, all_ = map(int, found.groups())
            quarter = done * _QUARTERS // max(all_, 1)
            if self._shown.isatty():
                end = "\n" if done == all_ > self._told else "\r"
                print(
                    f"\r\033[K    {done} of {all_} resources", end=end, file=self._shown, flush=True
                )
                self._told = done
            elif quarter > max(self._told, 0):
                self._told = quarter
                self._line(f"    {done} of {all_} resources")
        elif warning := _WARNING.search(line.rstrip()):
            self._line(f"    {warning[1]}")

    def _line(self, text: str) -> None:
        print(text, file=self._shown, flush=True)
