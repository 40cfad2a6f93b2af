"""A process whose printed lines a test waits for."""

import re
import subprocess
import threading
from collections.abc import Callable


class PrintedLines:
    """Reads what a process prints, line by line, until it ends."""

    seconds: float  # until a test gives up waiting
    # How a line is compared with a pattern.
    _match: Callable[[str, str], re.Match[str] | None] = staticmethod(re.search)

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._printed = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read_lines)
        self._reader.start()

    def wait_for(self, pattern: str, start: int = 0) -> re.Match[str]:
        """The first printed line, from line `start` on, that matches."""

        def found() -> re.Match[str] | None:
            matches = (self._match(pattern, line) for line in self.lines[start:])
            return next(filter(None, matches), None)

        with self._printed:
            self._printed.wait_for(lambda: found() or self._ended, self.seconds)
            match = found()
        assert match, f"no line like {pattern!r} in {self.lines[start:]}"
        return match

    def wait_for_lines(self, count: int) -> None:
        """Wait until so many lines have been printed."""
        with self._printed:
            self._printed.wait_for(lambda: len(self.lines) >= count or self._ended, self.seconds)
        assert len(self.lines) >= count

    def _read_lines(self) -> None:
        assert self.process.stdout
        with self.process.stdout as stdout:
            for line in stdout:
                with self._printed:
                    self.lines.append(line.rstrip("\n"))
                    self._printed.notify_all()
        with self._printed:
            self._ended = True
            self._printed.notify_all()
