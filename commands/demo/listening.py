"""The `make run` that listens on this machine's port, if one does."""

import json
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from commands.demo.shop import APPLICATION, PATH, Visit
from commands.exit_codes import StoppedError
from local.folder_lock import holder

SECONDS = 10


class RunningGateway:
    """Asks it over HTTP, as an app does."""

    def __init__(self, port: str) -> None:
        if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
            raise StoppedError(f"PORT should be a number from 1 to 65535, not {port!r}.")
        self._port = int(port)
        self.url = f"http://127.0.0.1:{port}"
        self._said: dict[str, Any] = {}  # its page's summary

    @classmethod
    def with_store_in(cls, folder: Path) -> Self | None:
        """The one that has a folder, whatever its port."""
        try:
            said = holder(folder)
            port = said and urlsplit(said.url).port
            found = cls(str(port)) if port else None
            return found if found and found.is_there() and found.has(folder) else None
        except (ValueError, StoppedError):  # it was killed, and something else is on its port
            return None

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
        self._said = found
        return True

    def check(self, folder: Path) -> None:
        """Raise StoppedError unless it would show the shop, as it is in the folder's store."""
        self.check_store(folder, "DATA_DIR=...", "PORT=...")
        if self._said["cannot"]:
            raise StoppedError(
                f"{self.url} sends events on to another DESTINATION, of which its page shows none:"
                " start it with DESTINATION=local."
            )
        self.send(Visit(datetime.now(UTC), "", PATH, {"BatchItem": {}}))

    def check_store(self, folder: Path, folder_option: str, place_option: str) -> None:
        """Raise StoppedError unless the folder's store is its own; the options name another."""
        if not self.has(folder):
            raise StoppedError(
                f"{self.url} is `make run` with another store than {folder}: give its folder,"
                f" {folder_option}, or the {place_option} of a `make run` with this one."
            )

    def has(self, folder: Path) -> bool:
        """Whether the folder's store is the one that it writes to."""
        here = holder(folder)
        return here is not None and here.run == self._said.get("run")

    def send(self, visit: Visit) -> dict[str, Any]:
        """Send a visit's request at this moment; its answer."""
        status, found = self._ask("POST", visit.path, json.dumps(visit.body))
        if status == 404:
            raise StoppedError(
                f"{self.url} does not serve {APPLICATION}: start it with"
                f" APPLICATION_IDS={APPLICATION} among its ids, or without."
            )
        if status != 202:
            raise StoppedError(f"{self.url} answered {status}: {found.get('Message', '')}")
        return dict(found)

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=SECONDS)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()
