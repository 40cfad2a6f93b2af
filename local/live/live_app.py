"""The ASGI application of `make run`: keeps others out, streams to the page, passes the rest on."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, MutableMapping
from http import HTTPStatus
from typing import Any

from local.asgi import Application, Receive, Scope, Send
from local.http_messages import new_request_id
from local.live.page_files import SAFE_HEADERS
from local.live.row_stream import RowStream
from local.other_machines import is_this_machine, rejection_of_others
from local.same_machine import rejection, target_of

STREAM = "/live/stream"
SQL = "/live/sql"
_ERRORS = {
    HTTPStatus.MISDIRECTED_REQUEST: "MisdirectedRequestException",
    HTTPStatus.FORBIDDEN: "ForbiddenException",
}

log = logging.getLogger("local")


class LiveApp:
    """Stands before the application that answers requests."""

    def __init__(self, app: Application, stream: RowStream) -> None:
        self._app, self._stream = app, stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if rejected := (rejection if is_this_machine(scope) else rejection_of_others)(scope):
            return await _reject(*rejected, scope, send)
        _, path = target_of(scope)
        if path == STREAM and scope["method"] == "GET":
            return await self._listen(scope, receive, send)
        if path == SQL:
            return await _while_awaited(self._app, scope, receive, send)
        await self._app(scope, receive, send)

    async def _listen(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        text = headers.get(b"last-event-id", b"").decode("latin-1")
        last = int(text) if text.isascii() and text.isdecimal() and len(text) < 17 else None
        sent = [("Content-Type", "text/event-stream"), *SAFE_HEADERS]
        await send(_start(HTTPStatus.OK, sent))
        await _send_while_heard(self._stream.listen(last), receive, send)


async def _send_while_heard(parts: AsyncIterator[bytes], receive: Receive, send: Send) -> None:
    """Send until the end or until the client is gone; uvicorn's `send` waits for a slow client."""
    await receive()  # the request's body, which is empty
    gone = asyncio.ensure_future(_gone(receive))
    try:
        async for part in parts:
            if gone.done():
                return
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def _while_awaited(app: Application, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer, but end that when the client leaves."""
    has_come = asyncio.Event()  # the whole body

    async def received() -> MutableMapping[str, Any]:
        message = await receive()
        if not message.get("more_body"):
            has_come.set()
        return message

    async def left() -> None:
        await has_come.wait()
        await _gone(receive)

    answering = asyncio.ensure_future(app(scope, received, send))
    leaving = asyncio.ensure_future(left())
    try:
        await asyncio.wait([answering, leaving], return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            await answering
    finally:
        leaving.cancel()
        answering.cancel()
        await asyncio.wait([answering])


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _reject(status: HTTPStatus, sentence: str, scope: Scope, send: Send) -> None:
    """Say why, to whoever may read it: there are no CORS headers."""
    request_id = new_request_id()
    body = json.dumps({"Message": sentence, "RequestID": request_id}).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("X-Content-Type-Options", "nosniff"),
        ("x-amzn-RequestId", request_id),
        ("x-amzn-ErrorType", _ERRORS[status]),
        ("Connection", "close"),
    ]
    log.info("%s %s  %d", scope["method"], "a page's request", status)
    await send(_start(status, headers))
    await send({"type": "http.response.body", "body": body})


def _start(status: HTTPStatus, headers: list[tuple[str, str]]) -> dict[str, Any]:
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return {"type": "http.response.start", "status": status.value, "headers": encoded}
