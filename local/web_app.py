"""The ASGI application: reads requests, has them answered, and finishes them when it stops."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus

from local.asgi import Receive, Scope, Send
from local.console import summary
from local.http_messages import FOR_ANY_PAGE, Request, Response, error_response
from local.request_body import ClientGoneError, TooLargeError, discard_rest, read_body
from local.same_machine import target_of

Cors = Callable[[Request], Mapping[str, str]]  # the headers for the page that a request is of
# Is told of each answer, and of how many events became what.
Watch = Callable[[Request, Response, Mapping[str, int]], None]
HANG_UP = "hang_up"  # where a connection's state says how to close it without an answer

log = logging.getLogger("local")


class WebApp:
    """Answers requests with `respond` until it is drained; lives in one event loop."""

    def __init__(
        self,
        respond: Callable[[Request], Awaitable[Response]],
        cors: Cors = lambda request: FOR_ANY_PAGE,
        watch: Watch = lambda request, response, counts: None,
        in_hand: set[str] | None = None,
        queued: Callable[[str], Mapping[str, int]] = lambda request_id: {},
    ) -> None:
        self._respond, self._cors, self._watch = respond, cors, watch
        self._queued = queued  # says once who waits for how many events of a request
        self._in_hand = set[str]() if in_hand is None else in_hand
        self._is_draining = False
        self._reading: set[Callable[[], None]] = set()  # how to hang up on each
        self._answering = 0
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; closes the connection of a client that does not finish it."""
        request = _request(scope)
        try:
            with self._interrupted_by_stop(scope, request):
                try:
                    request = replace(request, body=await read_body(scope, receive))
                except TooLargeError as error:
                    return await self._reject(error.status, request, receive, send)
        except ClientGoneError:
            return await _hang_up(scope, receive)
        self._in_hand.add(request.request_id)
        try:
            with self._finished_before_stop():
                response = await self._response(request)
                await _start(send, response, request)
                await send({"type": "http.response.body", "body": response.body})
            self._tell(request, response)
        finally:
            self._in_hand.discard(request.request_id)
            self._queued(request.request_id)

    def _tell(self, request: Request, response: Response) -> None:
        line, counts = summary(request, response, self._queued(request.request_id))
        self._watch(request, response, counts)
        if not _is_quiet(request, response):
            log.info(line)

    async def drain(self, seconds: float) -> None:
        """Let no new request in, and wait for those that are in."""
        self._is_draining = True
        for hang_up in list(self._reading):
            hang_up()
        try:
            await asyncio.wait_for(self._is_idle.wait(), seconds)
        except TimeoutError:
            log.error("%d requests were not answered in time", self._answering)

    async def _response(self, request: Request) -> Response:
        try:
            return await self._respond(request)
        except Exception as error:
            log.error("a request failed: %r, see the log file", error)
            print(traceback.format_exc(), flush=True)
            return self._error(HTTPStatus.INTERNAL_SERVER_ERROR, request)

    def _error(self, status: HTTPStatus, request: Request) -> Response:
        return error_response(status, request.request_id, self._cors(request))

    async def _reject(
        self, status: HTTPStatus, request: Request, receive: Receive, send: Send
    ) -> None:
        """Answer at once, and close the connection when the client has sent all or waited."""
        response = self._error(status, request)
        await _start(send, response, request, (b"connection", b"close"))
        await send({"type": "http.response.body", "body": response.body, "more_body": True})
        self._tell(request, response)
        await discard_rest(receive)
        await send({"type": "http.response.body"})

    @contextmanager
    def _interrupted_by_stop(self, scope: Scope, request: Request) -> Iterator[None]:
        # The handlers' own messages to the queue still count while the server is stopping.
        if request.header("x-amz-target") is not None:
            yield
            return
        if self._is_draining:
            raise ClientGoneError
        hang_up = scope["state"][HANG_UP]
        self._reading.add(hang_up)
        try:
            yield
        finally:
            self._reading.discard(hang_up)

    @contextmanager
    def _finished_before_stop(self) -> Iterator[None]:
        self._answering += 1
        self._is_idle.clear()
        try:
            yield
        finally:
            self._answering -= 1
            if not self._answering:
                self._is_idle.set()


def _is_quiet(request: Request, response: Response) -> bool:
    """Whether a request is one of many that the live page makes while it is open."""
    is_page = request.path == "/" or request.path.startswith(("/live/", "/page/"))
    return is_page and request.method == "GET" and response.status < HTTPStatus.BAD_REQUEST


def _request(scope: Scope) -> Request:
    """The request without its body, which is still to be read."""
    return Request(
        method=scope["method"],
        path=target_of(scope)[1],
        query=scope["query_string"].decode("ascii"),
        headers=[(key.decode("ascii"), value.decode("latin-1")) for key, value in scope["headers"]],
        body=b"",
        source_ip=scope["client"][0],
        protocol=f"HTTP/{scope['http_version']}",
    )


async def _start(
    send: Send, response: Response, request: Request, *more: tuple[bytes, bytes]
) -> None:
    headers = [*response.encoded_headers(request.request_id), *more]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})


async def _hang_up(scope: Scope, receive: Receive) -> None:
    scope["state"][HANG_UP]()
    while (await receive())["type"] != "http.disconnect":
        pass  # uvicorn answers 500 for an application that returns before the connection is lost
