"""A server on loopback whose answers drip: a byte at a time, from the headers or the body on."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Literal

# Some seconds for the smallest answer: far more than the clients of the tests wait, and then all
# of it has come, so that a client without a deadline goes on with it.
MIN_BYTES = 100
PAUSE_SECONDS = 0.05
Answer = Callable[[bytes], bytes]
Part = Literal["headers", "body"]


class Dripping:
    """`drips` says whether the answer to a request drips, `answer` what it is: a body of JSON."""

    def __init__(self, url: str, part: Part, answer: Answer) -> None:
        self.url, self.part, self.answer = url, part, answer
        self.drips: Callable[[bytes], bool] = lambda _: True
        self.requests = 0


@contextmanager
def dripping(part: Part = "body", answer: Answer = lambda _: b"{}") -> Iterator[Dripping]:
    """A dripping server until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Dripping(f"http://127.0.0.1:{listener.getsockname()[1]}", part, answer)
    stopping = Event()

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client gives up, as it should
            request = _read(connection)
            server.requests += 1
            body = server.answer(request).ljust(MIN_BYTES)
            head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
            filler = b"X-Filler: ".ljust(MIN_BYTES, b"x") + b"\r\n\r\n"
            if not server.drips(request):
                connection.sendall(head.encode() + b"\r\n" + body)
                return
            connection.sendall(head.encode() + b"\r\n" * (server.part == "body"))
            for drop in body if server.part == "body" else filler:
                if stopping.wait(PAUSE_SECONDS):
                    return
                connection.sendall(bytes([drop]))
            connection.sendall(body * (server.part == "headers"))

    def accept() -> None:
        with suppress(OSError):  # the listener is closed
            while True:
                connection, _ = listener.accept()
                Thread(target=serve, args=[connection]).start()

    thread = Thread(target=accept)
    thread.start()
    try:
        yield server
    finally:
        stopping.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _read(connection: socket.socket) -> bytes:
    """Read a request: its headers, and as much body as they say."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += connection.recv(65536)
    head, _, body = request.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0].partition(b":")[2]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
