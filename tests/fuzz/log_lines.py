"""The log of an execution: each line is JSON of bounded size, and none tells of a bug."""

import json

from putevents.observability import logger
from tests.fuzz.promises_kept import ensure

MAX_LINE = 64 * 1024
MAX_LINES = 200
# What a call outside may end with; another name is an error of the gateway's own, caught somewhere.
_OUTSIDE = {"OutsideError", "out of time", "x"}
_ABOUT_CALLS = {"messages not queued", "hidden messages not counted", "messages not postponed"}


class LogLines:
    """Stands where standard output would; `check` looks through what was written."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        for handler in logger._logger.handlers:
            handler.stream = self  # type: ignore[attr-defined]

    def write(self, text: str) -> None:
        """Keep what is logged."""
        self._lines.append(text)

    def flush(self) -> None:
        """Nothing waits."""

    def check(self, *, answers_are_garbage: bool) -> None:
        """Hold every line against what a log may say, and forget them."""
        lines, self._lines = "".join(self._lines).split("\n")[:-1], []
        ensure(len(lines) <= MAX_LINES, "too many lines", len(lines))
        for line in lines:
            ensure(len(line) <= MAX_LINE, "a long line", len(line))
            found = json.loads(line)
            name, message = found.get("exception_name"), found["message"]
            if name and not (answers_are_garbage and message == "destination failed"):
                ensure(name in _OUTSIDE, "a bug that was caught", found.get("exception"))
            if message in _ABOUT_CALLS:
                ensure(found["error"] in _OUTSIDE, "a bug that was caught", line)
