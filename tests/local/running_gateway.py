"""A gateway started as `make run` starts it, and what a test asks of it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.printed_lines import PrintedLines

ROOT = Path(__file__).parents[2]
SECONDS = 20  # until a test gives up waiting
EVENT = {"EventType": "hello", "Timestamp": "2026-01-02T03:04:05.678Z"}
EVENT_MS = 1767323045678


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """The environment of the process; nothing of the developer's own gets in."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT / 'lambda_src'}:{ROOT}",
        "HOME": str(data_dir.parent),
        "DATA_DIR": str(data_dir),
        "PORT": "0",
        **settings,
    }


def put_events_body(
    events: dict[str, Any] | None = None, endpoint: Any = None, endpoint_id: str = "device"
) -> dict[str, Any]:
    batch = {"Endpoint": endpoint or {}, "Events": events or {"1": EVENT}}
    return {"BatchItem": {endpoint_id: batch}}


class RunningGateway(PrintedLines):
    """The process, the lines that it has printed, and the file that it writes."""

    seconds = SECONDS

    def __init__(self, data_dir: Path, *, through: Sequence[str] = (), **settings: str) -> None:
        """Start it, `through` a program that runs the command after its own arguments."""
        self.data_dir = data_dir
        process = subprocess.Popen(
            [*through, sys.executable, "-m", "local.server"],
            cwd=ROOT,
            env=environment(data_dir, **settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        super().__init__(process)
        try:
            self.url = self.wait_for(r"PutEvents on +(http://\S+)").group(1)
            self.wait_for("curl http")
        except BaseException:
            self.end(signal.SIGKILL)
            raise

    def put_events(self, body: Any, application_id: str = "my-app") -> Any:
        """POST an EventsRequest; the JSON that answers it."""
        status, answer = self.ask("POST", f"/v1/apps/{application_id}/events", json.dumps(body))
        assert status == 202, answer
        return answer

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, Any]:
        """Send one request; the status and the JSON of its answer."""
        connection = self.connect()
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def connect(self) -> HTTPConnection:
        return HTTPConnection(self.url.removeprefix("http://"), timeout=SECONDS)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the file holds, read by somebody else than the gateway."""
        connection = sqlite3.connect(self.data_dir / "putevents.db")
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def stored(self, application_id: str = "my-app") -> list[tuple[Any, ...]]:
        """Endpoint id, event id and type of each stored event of an application."""
        sql = "SELECT endpoint_id, event_id, event_type FROM events WHERE application_id = ?"
        return self.rows(sql + " ORDER BY rowid", application_id)

    def endpoints(self, application_id: str = "my-app") -> list[Any]:
        """The stored endpoints of an application, as GetEndpoint shows them."""
        sql = "SELECT endpoint_id FROM endpoint_items WHERE application_id = ?"
        ids = [id_ for (id_,) in self.rows(sql, application_id) if "$" not in id_]
        path = f"/v1/apps/{application_id}/endpoints"
        return [self.ask("GET", f"{path}/{quote(id_, safe='')}")[1] for id_ in ids]

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Send the signal; the exit status and what was written to stderr."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> tuple[int, str]:
        """Wait for the end of the process."""
        assert self.process.stderr
        try:
            self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self._reader.join()
        with self.process.stderr as stderr:
            return self.process.returncode, stderr.read()
