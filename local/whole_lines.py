"""A text stream for many threads: each writes its lines whole, never into another's."""

import io
import logging
import threading

log = logging.getLogger("local")


class WholeLines(io.TextIOBase):
    """Passes text on to a file line by line; `print` alone writes a line in two parts.

    On Lambda, writing to stdout cannot fail a request. Here the disk may be full: then lines are
    left out until there is space again. The file is unbuffered, so that it keeps nothing of them.
    """

    def __init__(self, file: io.RawIOBase | io.BytesIO) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._rest = threading.local()
        self._is_failing = False
        self._is_torn = False  # the last line in the file has no end

    def write(self, text: str) -> int:
        """Keep the text until its line ends, then write the line."""
        lines, end, rest = (getattr(self._rest, "text", "") + text).rpartition("\n")
        self._rest.text = rest
        if end:
            with self._lock:
                self._write_lines((lines + end).encode("utf-8", "backslashreplace"))
        return len(text)

    def _write_lines(self, data: bytes) -> None:
        try:
            if self._is_torn:
                self._write_all(b"\n")
            self._write_all(data)
            self._is_failing = False
        except OSError as error:
            if not self._is_failing:
                log.error("the log file cannot be written: %s", error.strerror)
            self._is_failing = True

    def _write_all(self, data: bytes) -> None:
        while data:
            written = self._file.write(data) or 0
            self._is_torn = data[:written][-1:] != b"\n"
            data = data[written:]
