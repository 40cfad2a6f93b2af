"""The HTTP server of a laptop: uvicorn on loopback, started and stopped by its caller."""

import socket
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import uvicorn

from local.asgi import Application
from local.connection import Connection
from local.request_body import MAX_HEAD_BYTES

HOST = "127.0.0.1"
EVERY_HOST = "0.0.0.0"  # noqa: S104 # only where it is asked for; local.other_machines keeps the rest shut
BACKLOG = 128
IDLE_SECONDS = 60  # until a client that sends no request is hung up on
GRACE_SECONDS = 5  # for the last responses to leave


def listen(port: int, host: str = HOST) -> socket.socket:
    """Take a port, of loopback or of all addresses; who connects waits until it is served."""
    # asyncio sends without Nagle's delay only where a socket names TCP itself.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the URL on this machine of a port that `listen` took."""
    return f"http://{HOST}:{listener.getsockname()[1]}"


class _Server(uvicorn.Server):
    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Leave signals to the process, whose stop has more steps than the server's."""
        return nullcontext()


class WebServer:
    """Serves an ASGI application to whoever connects to a listener."""

    def __init__(
        self, app: Application, listener: socket.socket, *, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        settings: dict[str, Any] = {
            "http": Connection,
            "ws": "none",
            "loop": "asyncio",
            "lifespan": "off",
            "interface": "asgi3",
            "proxy_headers": False,
            "server_header": False,
            "access_log": False,
            "log_config": None,
            "log_level": "error",
            "timeout_keep_alive": idle_seconds,
            "timeout_graceful_shutdown": GRACE_SECONDS,
            "h11_max_incomplete_event_size": MAX_HEAD_BYTES,
        }
        self._listener = listener
        self._server = _Server(uvicorn.Config(app, **settings))

    async def serve(self) -> None:
        """Answer requests until `stop` is called."""
        await self._server.serve(sockets=[self._listener])

    def stop(self) -> None:
        """Close the port, and each connection when what is being sent has left."""
        self._server.should_exit = True
