"""A PutEvents server on loopback that answers as chaos says: with 503, never, or drop by drop."""

import logging
import socket
import threading
from contextlib import suppress

from local.live.chaos import Chaos

PAUSE_SECONDS = 0.5  # between two bytes
MAX_SECONDS = 60  # that a caller is kept waiting
_UNAVAILABLE = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
)
_DRIPPING = b"HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n"

log = logging.getLogger("local")


class BrokenServer:
    """Listens as long as the process runs; each caller is answered in a thread."""

    def __init__(self, chaos: Chaos) -> None:
        self._chaos = chaos
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        threading.Thread(target=self._accept, name="chaos", daemon=True).start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        mode = self._chaos.destination
        with connection, suppress(OSError):  # the caller gives up, as it should
            connection.settimeout(PAUSE_SECONDS if mode == "drip" else MAX_SECONDS)
            if mode == "drip":
                connection.sendall(_DRIPPING)
                for _ in range(int(MAX_SECONDS / PAUSE_SECONDS)):
                    self._pause(connection)
                    connection.sendall(b" ")
            elif mode == "hang":
                while connection.recv(65536):
                    pass
            else:
                connection.sendall(_UNAVAILABLE)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass

    def _pause(self, connection: socket.socket) -> None:
        """Read what the caller still sends; returns when nothing has come for a while."""
        with suppress(TimeoutError):
            while connection.recv(65536):
                pass
