"""Total deadlines for AWS calls: botocore's timeouts are for one read each.

An answer that drips a byte a second never times out there. With this, a connection takes its
timeout as the limit of a whole answer, or of connecting to all addresses of a name, and the
attempts of a call share one deadline.
"""

import socket
from collections.abc import Iterator
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


class _Client(Protocol):
    meta: Any


ClientT = TypeVar("ClientT", bound=_Client)


def with_deadline(client: ClientT, seconds: float) -> ClientT:
    """Let no call of a client take longer, its attempts and the waits between them included."""
    events, read_timeout = client.meta.events, client.meta.config.read_timeout

    def start(context: dict[str, Any], **_: Any) -> None:
        context[_DEADLINE] = monotonic() + seconds

    def shorten(request: Any, **_: Any) -> None:
        left = request.context[_DEADLINE] - SENDING_SECONDS - monotonic()
        if left <= 0:
            raise ReadTimeoutError(endpoint_url=request.url)
        request.context["read_timeout"] = min(read_timeout, left)

    # Under the very names of other handlers, which would come first otherwise.
    service_id = client.meta.service_model.service_id.hyphenize()
    events.register("before-call", start)
    events.register_first(f"before-send.{service_id}", shorten)
    events.register_first(f"needs-retry.{service_id}", _ignore_retry_after)
    return client


def _ignore_retry_after(response: tuple[Any, Any] | None, **_: Any) -> None:
    # botocore would wait for up to five seconds if the server says so; the queue waits better.
    if response is not None:
        response[0].headers.pop("x-amz-retry-after", None)


class _TimedBytes(RawIOBase):
    """What a socket receives within its timeout, which here is that of all reads together."""

    def __init__(self, raw: RawIOBase, connected: socket.socket) -> None:
        self._raw, self._socket = raw, connected
        seconds = connected.gettimeout()
        self._end = inf if seconds is None else monotonic() + seconds
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
        if self._held is None:
            super().send(data)  # type: ignore[misc]
        else:
            self._held.append(data)

    def connect(self) -> None:
        options = self.socket_options
        self.socket_options = _OptionsUntil(options, self.timeout)
        try:
            super().connect()  # type: ignore[misc]
        finally:
            self.socket_options = options


class _HttpConnection(_Timed, AWSHTTPConnection):  # type: ignore[misc]
    pass


class _HttpsConnection(_Timed, AWSHTTPSConnection):  # type: ignore[misc]
    pass


# A client makes its pools out of sight; urllib3's `ConnectionCls` says what fills them.
AWSHTTPConnectionPool.ConnectionCls = _HttpConnection
AWSHTTPSConnectionPool.ConnectionCls = _HttpsConnection
