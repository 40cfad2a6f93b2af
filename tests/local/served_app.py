"""Serves an ASGI application on loopback, as `make run` does, for the length of a block."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from local.asgi import Application
from local.web_server import WebServer, listen, url_of


@contextmanager
def served(app: Application, **options: Any) -> Iterator[str]:
    """The URL at which the application is served."""
    listener = listen(0)
    url = url_of(listener)
    server = WebServer(app, listener, **options)
    thread = Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        yield url
    finally:
        server.stop()
        thread.join()
