"""The HTTP server of a laptop: uvicorn on a socket of loopback, started and stopped by its caller."""

import socket
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import uvicorn

from local.asgi import Application
from local.connection import Connection

HOST = "127.0.0.1"
BACKLOG = 128
IDLE_SECONDS = 60  # until a client that sends no request is hung up on
GRACE_SECONDS = 5  # for the last answers to leave
MAX_HEAD_BYTES = 64 * 1024


class _Server(uvicorn.Server):
    def capture_signals(self) -> AbstractContextManager[None]:
        """Leave signals to the process, whose stop has more steps than the server's."""
        return nullcontext()


class WebServer:
    """Listens from the start; answers while `serve` runs."""

    def __init__(self, port: int, *, idle_seconds: int = IDLE_SECONDS) -> None:
        self._socket = socket.create_server((HOST, port), backlog=BACKLOG)
        self._idle_seconds = idle_seconds
        self._server: _Server | None = None
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"

    async def serve(self, app: Application) -> None:
        """Answer requests until `stop` is called."""
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
            "backlog": BACKLOG,
            "timeout_keep_alive": self._idle_seconds,
            "timeout_graceful_shutdown": GRACE_SECONDS,
            "h11_max_incomplete_event_size": MAX_HEAD_BYTES,
        }
        self._server = _Server(uvicorn.Config(app, **settings))
        await self._server.serve(sockets=[self._socket])

    def stop(self) -> None:
        """Close the port and all connections, once what is being sent has left."""
        if self._server:
            self._server.should_exit = True
