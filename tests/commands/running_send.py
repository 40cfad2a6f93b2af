"""`send` as a person runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.clients.programs import ENVIRONMENT, ROOT, Program

SEND = (sys.executable, "-m", "commands", "send")
TIMESTAMP = "2026-01-02T03:04:05.678Z"


def environment(url: str) -> dict[str, str]:
    """What spares the tests an option in every call."""
    return {"PYTHONPATH": str(ROOT), "PUT_EVENTS_URL": url, "PUT_EVENTS_AUTH": "none"}


class Command:
    """Runs the command for one gateway."""

    def __init__(self, run: Program, url: str) -> None:
        self._run = run
        self._environment = environment(url)

    def __call__(self, *options: str, stdin: str = "", **variables: str) -> tuple[int, str, str]:
        """The exit code, what it printed, what it complained of."""
        variables = self._environment | variables
        return self._run(*SEND, *options, stdin=stdin, **variables)

    def send(self, *options: str, **variables: str) -> Any:
        """The EventsResponse of a call in which everything must be accepted."""
        status, output, errors = self(*options, **variables)
        assert (status, errors) == (0, ""), errors or output
        return json.loads(output)["EventsResponse"]

    def start(self, *options: str, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
        """The command, running."""
        return subprocess.Popen(
            [*SEND, *options],
            env={**ENVIRONMENT, "HOME": os.devnull, **self._environment},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )


def events(**types: str) -> dict[str, Any]:
    """An EventsRequest with an event of each id; an empty type is one that is rejected."""
    made = {
        event_id: {"EventType": event_type, "Timestamp": TIMESTAMP}
        for event_id, event_type in types.items()
    }
    return {"BatchItem": {"phone": {"Endpoint": {}, "Events": made}}}


def write_lines(path: Path, *lines: Any) -> str:
    """A file with a line for each: JSON, or text as it is."""
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("".join(f"{text}\n" for text in texts))
    return str(path)
