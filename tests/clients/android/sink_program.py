"""The sink for Android in a program of its own on a JVM, driven by lines and killed at will."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.clients.android.compiled_sink import STDLIB, compiled_sink
from tests.clients.programs import ENVIRONMENT
from tests.printed_lines import PrintedLines

SECONDS = 60  # until a test gives up waiting
JAVA = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m")


def envelope(application_id: str, number: int = 0, **attributes: str) -> str:
    """What Amplify's `toJson()` makes of an event."""
    return json.dumps(
        {
            "event_type": "checkout_done",
            "event_timestamp": 1795601402123 + number,
            "arrival_timestamp": 1795601402123 + number,
            "event_version": "3.1",
            "application": {"app_id": application_id, "sdk": {"name": "shop", "version": "4.2"}},
            "client": {"client_id": "0b7e7c62-5a2f-4c0e-9a55-1d0f0c4f2a10", "user_id": "u-77"},
            "device": {"platform": {"name": "Android", "version": "16"}, "make": "Google"},
            "session": {
                "id": "shop-app-9b2d41aa-20261125-101000000",
                "start_timestamp": "2026-11-25T10:10:00.000Z",
            },
            "attributes": {"plan": "pro", **attributes},
            "metrics": {"total": 12.0},
        },
        separators=(",", ":"),
    )


class SinkProgram(PrintedLines):
    """The process, and the lines that it has printed; a pattern matches a line's beginning."""

    seconds = SECONDS
    _match = staticmethod(re.match)

    def __init__(
        self, directory: Path, url: str, application: str, *through: str, **options: Any
    ) -> None:
        """Start it, `through` a program that runs the command after its own arguments."""
        self.application = application
        self.directory = directory
        options = {"directory": directory, "url": url, "application": application, **options}
        process = subprocess.Popen(
            [*through, *_command(), *(f"{name}={value}" for name, value in options.items())],
            env={"PATH": ENVIRONMENT["PATH"], "HOME": str(directory.parent), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        super().__init__(process)
        try:
            self.wait_for("ready")
        except BaseException:
            self.kill()
            raise

    def tell(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, line: str, answer: str) -> re.Match[str]:
        """Tell it a line, and wait for one that answers."""
        start = len(self.lines)
        self.tell(line)
        return self.wait_for(answer, start)

    def send(self, event_id: str, number: int = 0, **attributes: str) -> None:
        """Hand an event to the sink, and wait until `send` returns."""
        json_text = envelope(self.application, number, **attributes)
        self.ask(f"send {event_id} {json_text}", f"sent {re.escape(event_id)}$")

    def flush(self, millis: int = SECONDS * 1000) -> bool:
        """Whether nothing waits any more."""
        return self.ask(f"flush {millis}", "flushed (.+)")[1] == "true"

    def drain(self) -> None:
        """Flush until nothing waits; on a busy machine a request may fail, and is sent again."""
        for _ in range(5):
            if self.flush():
                return
        raise AssertionError(self.told("(retry .*)"))

    def let_pass(self, millis: int) -> None:
        self.ask(f"pass {millis}", "passed")

    def told(self, pattern: str) -> list[tuple[str, ...]]:
        """The groups of each line that matches as a whole."""
        with self._printed:
            found = [re.fullmatch(pattern, line) for line in self.lines]
        return [match.groups() for match in found if match]

    def kill(self) -> None:
        """SIGKILL, as Android ends an app; the lines that it had printed are read to the end."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(SECONDS)
        self._reader.join(SECONDS)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # what it had no time to read


def _command() -> Sequence[str]:
    class_path = os.pathsep.join(map(str, (compiled_sink(), STDLIB)))
    return (*JAVA, "-cp", class_path, "putevents.sink.SinkDriverKt")
