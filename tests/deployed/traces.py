"""A UDP listener where the functions' X-Ray segments arrive."""

import json
import socket
import threading
from typing import Any

LARGEST = 65535


class TraceListener:
    """Collects what is sent to `address`, as the X-Ray daemon would."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        host, port = self._socket.getsockname()
        self.address = f"{host}:{port}"
        self._documents: list[dict[str, Any]] = []
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def named(self, name: str) -> list[dict[str, Any]]:
        """Every segment or subsegment of that name, also those inside of others."""
        return [found for found in map(dict, _all(list(self._documents))) if found["name"] == name]

    def text(self) -> str:
        """All that arrived."""
        return json.dumps(self._documents)

    def stop(self) -> None:
        """End by sending oneself an empty datagram, which no segment is."""
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while datagram := self._socket.recv(LARGEST):
            _header, document = datagram.split(b"\n", 1)
            self._documents.append(json.loads(document))


def _all(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    inner = [part for document in documents for part in _all(document.get("subsegments", []))]
    return [*documents, *inner]
