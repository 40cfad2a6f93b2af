"""A server on loopback whose answers drip: a byte at a time, from the headers or the body on."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Literal

BYTES = 100
PAUSE_SECONDS = 0.05  # five seconds in all, far more than the clients of the tests wait


class Dripping:
    """Answers every request with 200 and `{}`, in time for nobody."""

    def __init__(self, url: str, part: Literal["headers", "body"]) -> None:
        self.url, self.part = url, part
        self.requests = 0


@contextmanager
def dripping(part: Literal["headers", "body"] = "body") -> Iterator[Dripping]:
    """A dripping server until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Dripping(f"http://127.0.0.1:{listener.getsockname()[1]}", part)
    stopping = Event()

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client gives up, as it should
            connection.recv(65536)
            server.requests += 1
            body = b"{}".ljust(BYTES)
            head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n" % BYTES
            drops = body if part == "body" else b"X-Filler: ".ljust(BYTES, b"x")
            connection.sendall(head + b"\r\n" if part == "body" else head)
            for drop in drops:
                if stopping.wait(PAUSE_SECONDS):
                    return
                connection.sendall(bytes([drop]))
            if part == "headers":
                connection.sendall(b"\r\n\r\n" + body)

    def accept() -> None:
        with suppress(OSError):  # the listener is closed
            while True:
                connection, _ = listener.accept()
                Thread(target=answer, args=[connection]).start()

    thread = Thread(target=accept)
    thread.start()
    try:
        yield server
    finally:
        stopping.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
