"""Total deadlines for AWS calls: botocore's timeouts are for one read each.

An answer that drips a byte a second never times out there. With this, a connection takes its
timeout as the limit of a whole answer, or of connecting to all addresses of a name, and the
attempts of a call share one deadline. A block of code can have a shorter one for all its calls.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from math import inf
from time import monotonic
from typing import Any, Protocol, TypeVar

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.exceptions import ReadTimeoutError

# More than any call answers: an endless answer must not take the function's memory.
MAX_ANSWER_BYTES = 32 * 1024 * 1024
# What an attempt may take before it waits for an answer: two seconds to connect (one, and one for
# an address that was begun), one for TLS, one to send.
SENDING_SECONDS = 4.0
_DEADLINE = "putevents_deadline"
_SOON = 0.001  # the least that a socket waits: none would be "for ever"


class _Client(Protocol):
    meta: Any


ClientT = TypeVar("ClientT", bound=_Client)


_end: ContextVar[float] = ContextVar("end", default=inf)


@contextmanager
def calls_end_at(moment: float) -> Iterator[None]:
    """Let no call of a block take longer than until a moment, as `monotonic` counts.

    It is cut off in whatever it does then, and may have done its work. Threads have their own.
    """
    token = _end.set(moment)
    try:
        yield
    finally:
        _end.reset(token)


def at_most(seconds: float) -> float:
    """Return how much of some seconds the block leaves."""
    return min(seconds, max(_SOON, _end.get() - monotonic()))


def with_deadline(client: ClientT, seconds: float) -> ClientT:
    """Let no call of a client take longer, its attempts and the waits between them included."""
    events, read_timeout = client.meta.events, client.meta.config.read_timeout

    def start(context: dict[str, Any], **_: Any) -> None:
        # A connection counts what it takes to send by itself where a block ends all calls.
        context[_DEADLINE] = min(monotonic() + seconds - SENDING_SECONDS, _end.get())

    def shorten(request: Any, **_: Any) -> None:
        left = request.context[_DEADLINE] - monotonic()
        if left <= 0:
            raise ReadTimeoutError(endpoint_url=request.url)
        request.context["read_timeout"] = min(read_timeout, left)

    # Under the very names of other handlers, which would come first otherwise.
    service_id = client.meta.service_model.service_id.hyphenize()
    events.register("before-call", start)
    events.register_first(f"before-send.{service_id}", shorten)
    events.register_first(f"needs-retry.{service_id}", _shorten_waits)
    return client


def _shorten_waits(response: tuple[Any, Any] | None, **_: Any) -> bool | None:
    """Return False where no other attempt is to be made, None to let botocore say."""
    if response is None:
        return None
    # botocore would wait for up to five seconds if the server says so, and a second or two after
    # it throttled; the queue waits better.
    response[0].headers.pop("x-amz-retry-after", None)
    return False if response[0].status_code < 500 and _end.get() < inf else None


class _TimedBytes(RawIOBase):
    """What a socket receives within its timeout, which here is that of all reads together."""

    def __init__(self, raw: RawIOBase, connected: socket.socket) -> None:
        self._raw, self._socket = raw, connected
        seconds = connected.gettimeout()
        self._end = inf if seconds is None else monotonic() + at_most(seconds)
        self._bytes_left = MAX_ANSWER_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._end < inf:
            left = self._end - monotonic()
            if left <= 0:
                raise TimeoutError("The answer takes too long.")
            self._socket.settimeout(left)
        count: int | None = self._raw.readinto(buffer)
        self._bytes_left -= count or 0
        if self._bytes_left < 0:
            raise ValueError("The answer is too long.")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    """Reads status line, headers and body within one timeout."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = BufferedReader(_TimedBytes(self.fp.detach(), sock))


class _OptionsUntil:
    """Socket options, read once for each address of a name, until there is no time for another."""

    def __init__(self, options: Any, seconds: float | None) -> None:
        self._options = options or ()
        self._end = inf if seconds is None else monotonic() + seconds

    def __iter__(self) -> Iterator[Any]:
        if monotonic() >= self._end:
            raise TimeoutError("No address could be connected to in time.")
        return iter(self._options)


class _Timed:
    """A connection of which both connecting and reading an answer have a total limit."""

    response_class = _TimedResponse
    socket_options: Any
    timeout: Any
    sock: Any
    _held: list[bytes] | None = None

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Write headers and body at once; urllib3 writes twice, which is two packets."""
        self._held = []
        try:
            super().request(*args, **kwargs)  # type: ignore[misc]
        finally:
            held, self._held = self._held, None
        self.send(b"".join(held))

    def send(self, data: Any) -> None:
        if self._held is not None:
            self._held.append(data)
            return
        if self.sock is not None and _end.get() < inf:
            self.sock.settimeout(at_most(inf))
        super().send(data)  # type: ignore[misc]

    def connect(self) -> None:
        options, timeout = self.socket_options, self.timeout
        if timeout is not None:
            self.timeout = at_most(timeout)
        self.socket_options = _OptionsUntil(options, self.timeout)
        try:
            super().connect()  # type: ignore[misc]
        finally:
            self.socket_options, self.timeout = options, timeout


class _HttpConnection(_Timed, AWSHTTPConnection):  # type: ignore[misc]
    pass


class _HttpsConnection(_Timed, AWSHTTPSConnection):  # type: ignore[misc]
    pass


# A client makes its pools out of sight; urllib3's `ConnectionCls` says what fills them.
AWSHTTPConnectionPool.ConnectionCls = _HttpConnection
AWSHTTPSConnectionPool.ConnectionCls = _HttpsConnection
