"""Answers the live page: its files, and JSON under /live."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote

from local.http_messages import Request, Response, json_response
from local.live.chaos import Chaos
from local.live.live_endpoints import list_endpoints
from local.live.live_events import Filter, LiveEvents
from local.live.live_summary import LiveSummary
from local.live.opened_event import OpenedEvents
from local.live.page_files import SAFE_HEADERS, page_file
from local.live.samples import SAMPLES
from local.live.sql_process import SqlProcess

Answer = tuple[HTTPStatus, Any]
Respond = Callable[[Request], Awaitable[Response]]
NO_EVENT = "Nothing is known of this row any more: load the list anew to see what became of it."
_HISTORY = 50


class WrongRequestError(Exception):
    """What the page asks for is wrong; the text says what."""


class LiveRoutes:
    """Finds who answers; `respond` is the gateway's own door."""

    def __init__(
        self, events: LiveEvents, opened: OpenedEvents, summary: LiveSummary, sql: SqlProcess,
        chaos: Chaos, respond: Respond,
    ) -> None:  # fmt: skip
        self._events, self._opened, self._summary = events, opened, summary
        self._sql, self._chaos, self._respond = sql, chaos, respond

    def takes(self, request: Request) -> bool:
        """Whether a request is the page's."""
        is_page = request.path == "/" or request.path.startswith("/page/")
        return request.path.startswith("/live/") or (is_page and request.method in ("GET", "HEAD"))

    async def respond(self, request: Request) -> Response:
        """The answer to the page."""
        if not request.path.startswith("/live/"):
            return await asyncio.to_thread(page_file, request.path)
        try:
            status, body = await self._answer(request)
        except WrongRequestError as error:
            status, body = HTTPStatus.BAD_REQUEST, {"error": str(error)}
        return json_response(status, body, *SAFE_HEADERS)

    async def _answer(self, request: Request) -> Answer:
        first, *rest = request.path.removeprefix("/live/").split("/")
        method, query = request.method, dict(parse_qsl(request.query))
        if first == "endpoints" and len(rest) == 2 and method in ("GET", "DELETE"):
            return await self._endpoint(method, *rest)
        if first == "sample" and method == "POST":
            return await self._sample(_body(request))
        if (method, first, rest) == ("POST", "sql", []):
            return await self._sql.ask(_body(request))
        routes: dict[tuple[str, str, int], Callable[[], Answer]] = {
            ("GET", "events", 0): lambda: self._list(query),
            ("GET", "events", 1): lambda: self._open(rest[0]),
            ("GET", "summary", 0): lambda: (HTTPStatus.OK, self._summary.shown()),
            ("GET", "endpoints", 0): lambda: self._endpoints(query),
            ("GET", "queries", 0): lambda: (HTTPStatus.OK, self._sql.queries()),
            ("GET", "chaos", 0): lambda: (HTTPStatus.OK, self._chaos.shown()),
            ("POST", "chaos", 0): lambda: self._set_chaos(_body(request)),
        }
        route = routes.get((method, first, len(rest)))
        if route is None:
            return HTTPStatus.NOT_FOUND, {"error": "There is nothing at this path."}
        return await asyncio.to_thread(route)

    def _list(self, query: Mapping[str, str]) -> Answer:
        asked = Filter(**{name: query.get(name, "") for name in Filter._fields})
        before = _number(query["before"], "before") if query.get("before") else None
        page = self._events.page(before, _number(query.get("limit", "100"), "limit"), asked)
        return HTTPStatus.OK, {
            "events": [row.shown() for row in page.rows],
            "more": page.next is not None,
            "next": page.next,
            "searched": page.searched,
        }

    def _open(self, seq: str) -> Answer:
        opened = self._opened.open(_number(seq, "the event"))
        if opened is None:
            return HTTPStatus.NOT_FOUND, {"error": NO_EVENT}
        return HTTPStatus.OK, opened

    def _endpoints(self, query: Mapping[str, str]) -> Answer:
        limit = _number(query.get("limit", "100"), "limit")
        asked = (query.get("application", ""), query.get("q", ""), limit, query.get("after", ""))
        with closing(self._events.open_store()) as store:
            return HTTPStatus.OK, list_endpoints(store, *asked)

    async def _endpoint(self, method: str, application: str, endpoint: str) -> Answer:
        """An endpoint through the gateway's own door, its user, and its last events."""
        apps = f"/v1/apps/{application}"
        status, found = await self._ask(method, f"{apps}/endpoints/{endpoint}")
        if status >= 300:
            return HTTPStatus(status), {"error": found.get("Message", "")}
        user_id, user = found.get("User", {}).get("UserId"), None
        if user_id:
            _, user = await self._ask("GET", f"{apps}/users/{quote(user_id, safe='')}")
        asked = Filter(application=found["ApplicationId"], whole_endpoint=found["Id"])
        page = await asyncio.to_thread(self._events.page, None, _HISTORY, asked)
        history = [row.shown() for row in page.rows]
        return HTTPStatus.OK, {"endpoint": found, "user": user, "history": history}

    async def _sample(self, asked: Mapping[str, Any]) -> Answer:
        kind = asked.get("kind")
        if not isinstance(kind, str) or kind not in SAMPLES:
            raise WrongRequestError(f"kind should be one of {', '.join(SAMPLES)}.")
        sample = SAMPLES[kind]()
        path = f"/v1/apps/{self._summary.application}/events"
        status, answer = await self._ask("POST", path, sample)
        return HTTPStatus.OK, {"request": sample, "response": answer, "status": status}

    async def _ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        sent = b"" if body is None else json.dumps(body).encode()
        headers = [("host", "localhost"), ("content-type", "application/json")]
        request = Request(method, path, "", headers, sent, "127.0.0.1", "HTTP/1.1")
        response = await self._respond(request)
        return response.status, json.loads(response.body)

    def _set_chaos(self, asked: Mapping[str, Any]) -> Answer:
        try:
            self._chaos.set(asked.get("destination"), asked.get("queue"))
        except ValueError as error:
            raise WrongRequestError(str(error)) from None
        return HTTPStatus.OK, self._chaos.shown()


def _number(text: str, what: str) -> int:
    try:
        return int(text) if len(text) < 18 else int("")
    except ValueError:
        raise WrongRequestError(f"{what} should be a whole number.") from None


def _body(request: Request) -> dict[str, Any]:
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise WrongRequestError("Send a JSON object.")
    return found
