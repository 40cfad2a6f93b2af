"""A text stream for many threads: each writes its lines whole, never into another's."""

import io
import threading
from typing import TextIO


class WholeLines(io.TextIOBase):
    """Passes text on to a file line by line; `print` alone writes a line in two parts."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._rest = threading.local()

    def write(self, text: str) -> int:
        """Keep the text until its line ends, then write the line."""
        lines, end, rest = (getattr(self._rest, "text", "") + text).rpartition("\n")
        self._rest.text = rest
        if end:
            with self._lock:
                self._file.write(lines + end)
        return len(text)

    def flush(self) -> None:
        """Write out the whole lines; the rest of a line waits for its end."""
        with self._lock:
            self._file.flush()
