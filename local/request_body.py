"""Reads the body of an ASGI request, and never more of it than API Gateway would."""

import asyncio

from local.asgi import Receive, Scope

MAX_BYTES = 10 * 1024 * 1024  # API Gateway's limit
IDLE_SECONDS = 60  # until a silent client is given up
LINGER_SECONDS = 10  # for a client to finish sending a body that is too large


class BodyTooLargeError(Exception):
    """The body is over API Gateway's limit; most of it was not read."""


class ClientGoneError(Exception):
    """The client hung up, or fell silent, before its body was complete."""


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """Return the whole body; raises BodyTooLargeError or ClientGoneError."""
    headers = dict(scope["headers"])
    chunked = b"transfer-encoding" in headers
    # Rejected before it is asked for with 100-continue.
    if not chunked and int(headers.get(b"content-length", b"0")) > MAX_BYTES:
        raise BodyTooLargeError
    body = bytearray()
    more = True
    while more:
        data, more = await _receive(receive)
        body += data
        if len(body) > MAX_BYTES:
            raise BodyTooLargeError
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
