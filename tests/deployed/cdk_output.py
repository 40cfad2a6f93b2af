"""What the CDK's CLI prints, kept in a file, and the few lines of it that a person watches."""

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

# A stack's event as the CLI prints it: "stack | 12/118 | 10:00:00 AM | CREATE_COMPLETE | ...".
_EVENT = re.compile(r"\|\s*(\d+)/(\d+)\s*\|")
# The CLI names the CDK's own kind of warning behind it, which says nothing to a person.
_WARNING = re.compile(r"^(?:\x1b\[\d+m)*(WARNING .*?)(?: \(Annotation\))?(?:\x1b\[\d+m)*$")
_QUARTERS = 4
LAST_LINES = 15


class CdkOutput:
    """Follows runs of the CLI: all of it goes to the file, progress to the terminal."""

    def __init__(self, file: Path, shown: TextIO | None = None, *, pointless: str = "") -> None:
        """Show no warning with the text `pointless`, if there is one."""
        self.file = file
        self._shown, self._pointless = shown or sys.stdout, pointless
        self._told, self._is_line_open = -1, False

    def follow(
        self, step: str, command: Sequence[str | Path], cwd: Path, environment: Mapping[str, str]
    ) -> tuple[int, str]:
        """Run a command; its exit status and last lines."""
        self._told = -1
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
        self._end_line()
        return process.returncode, "".join(lines)

    def _tell(self, line: str) -> None:
        """Show how many resources are done, on one line.

        A terminal has it written anew each time; elsewhere it grows with each quarter of them.
        """
        if found := _EVENT.search(line):
            done, all_ = map(int, found.groups())
            quarter = done * _QUARTERS // max(all_, 1)
            if self._shown.isatty():
                self._open(f"\r\033[K    {done} of {all_} resources")
            elif quarter > max(self._told, 0):
                self._told = quarter
                told = f"{done} of {all_} resources" if quarter == _QUARTERS else f"{done} "
                self._open(told if self._is_line_open else f"    {told}")
        elif (warning := _WARNING.search(line.rstrip())) and not self._is_pointless(warning[1]):
            self._line(f"    {warning[1]}")

    def _is_pointless(self, warning: str) -> bool:
        return bool(self._pointless) and self._pointless in warning

    def _open(self, text: str) -> None:
        self._is_line_open = True
        print(text, end="", file=self._shown, flush=True)

    def _end_line(self) -> None:
        if self._is_line_open:
            self._is_line_open = False
            print(file=self._shown)

    def _line(self, text: str) -> None:
        self._end_line()
        print(text, file=self._shown, flush=True)
