"""Reads the body of an ASGI request, as long as head and body are of a size to be read."""

import asyncio
from http import HTTPStatus

from local.asgi import Receive, Scope

MAX_BYTES = 10 * 1024 * 1024  # API Gateway's limit
IDLE_SECONDS = 60  # until a silent client is given up
LINGER_SECONDS = 10  # for a client to finish sending a body that is too large
MAX_HEAD_BYTES = 64 * 1024  # of request line and headers


class TooLargeError(Exception):
    """The request is over a limit, and most of its body was not read."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class ClientGoneError(Exception):
    """The client hung up, or fell silent, before its body was complete."""


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """Return the whole body; raises TooLargeError or ClientGoneError."""
    headers = dict(scope["headers"])
    # uvicorn's own limit is for a head of which a part is still to come.
    if _head_size(scope) > MAX_HEAD_BYTES:
        raise TooLargeError(HTTPStatus.BAD_REQUEST)
    chunked = b"transfer-encoding" in headers
    # Rejected before it is asked for with 100-continue.
    if not chunked and int(headers.get(b"content-length", b"0")) > MAX_BYTES:
        raise TooLargeError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body = bytearray()
    more = True
    while more:
        data, more = await _receive(receive)
        body += data
        if len(body) > MAX_BYTES:
            raise TooLargeError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return bytes(body)


async def discard_rest(receive: Receive) -> None:
    """Let the client finish sending: an early close would lose it the response."""
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            while (await _receive(receive))[1]:
                pass
    except (TimeoutError, ClientGoneError):
        return


async def _receive(receive: Receive) -> tuple[bytes, bool]:
    try:
        async with asyncio.timeout(IDLE_SECONDS):
            message = await receive()
    except TimeoutError:
        raise ClientGoneError from None
    if message["type"] == "http.disconnect":
        raise ClientGoneError
    return message["body"], message["more_body"]


def _head_size(scope: Scope) -> int:
    headers = sum(len(name) + len(value) for name, value in scope["headers"])
    return headers + len(scope["raw_path"]) + len(scope["query_string"])
