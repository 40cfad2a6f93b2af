"""Routes a request: to the handler, the queues, the live page, the contract or the health check."""

import asyncio
import sqlite3
from http import HTTPStatus

from local.api_gateway import proxy_event, proxy_response
from local.database import Database
from local.docs_page import is_of_docs, respond_file
from local.http_messages import Request, Response, error_response, json_response
from local.lambda_function import HandlerError, LambdaFunction
from local.live.live_gateway import LiveGateway
from local.sqs import SqsApi
from local.sqs_protocols import action_of, respond
from local.web_app import Cors


class Routing:
    """Finds who answers a request; what blocks is done in threads."""

    def __init__(
        self, database: Database, api: LambdaFunction, sqs: SqsApi, cors: Cors, live: LiveGateway
    ) -> None:
        self._database = database
        self._api = api
        self._sqs = sqs
        self._cors = cors
        self._live = live.routes(self._put_events)

    async def respond(self, request: Request) -> Response:
        """The response to a request."""
        if request.path == "/health" and request.method in ("GET", "HEAD"):
            return await asyncio.to_thread(self._health)
        if is_of_docs(request):
            return await asyncio.to_thread(respond_file, request)
        if self._live.takes(request):
            return await self._live.respond(request)
        if action := action_of(request):
            return await asyncio.to_thread(respond, self._sqs, action, request)
        return await self._put_events(request)

    async def _put_events(self, request: Request) -> Response:
        try:
            return proxy_response(await asyncio.wrap_future(self._api.submit(proxy_event(request))))
        except (HandlerError, AttributeError, KeyError, TypeError, ValueError):
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            return error_response(status, request.request_id, self._cors(request))

    def _health(self) -> Response:
        try:
            self._database.check()
        except sqlite3.Error as error:
            text = f"{self._database.path} cannot be written: {error}."
            return json_response(HTTPStatus.SERVICE_UNAVAILABLE, {"Message": text})
        return json_response(HTTPStatus.OK, {"Message": "Events can be stored."})
