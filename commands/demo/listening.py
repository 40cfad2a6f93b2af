"""The `make run` that listens on this machine's port, if one does."""

import json
from http.client import HTTPConnection, HTTPException
from typing import Any

from commands.exit_codes import StoppedError

SECONDS = 10


class RunningGateway:
    """Asks it over HTTP, as an app does."""

    def __init__(self, port: str) -> None:
        if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
            raise StoppedError(f"PORT should be a number from 1 to 65535, not {port!r}.")
        self._port = int(port)
        self.url = f"http://127.0.0.1:{port}"

    def is_there(self) -> bool:
        """Whether anything listens; raises if it is something else than `make run`."""
        try:
            status, found = self._ask("GET", "/live/summary")
        except ConnectionRefusedError:
            return False
        except (OSError, HTTPException, ValueError):
            status, found = 0, None
        if status != 200 or not isinstance(found, dict) or "applications" not in found:
            raise StoppedError(f"{self.url} is not `make run`: choose another port, PORT=...")
        return True

    def shows(self, application_id: str) -> bool:
        """Whether its page knows the application."""
        _, found = self._ask("GET", "/live/summary")
        return application_id in found["applications"]

    def put_events(self, application_id: str, body: dict[str, Any]) -> None:
        """Send an EventsRequest."""
        path = f"/v1/apps/{application_id}/events"
        status, found = self._ask("POST", path, json.dumps(body))
        if status == 404:
            raise StoppedError(
                f"{self.url} does not serve {application_id}: start it with"
                f" APPLICATION_IDS={application_id} among its ids, or without."
            )
        if status != 202:
            raise StoppedError(f"{self.url} answered {status}: {found.get('Message', '')}")

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=SECONDS)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()
