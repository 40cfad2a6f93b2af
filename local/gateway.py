"""Which part of the laptop's gateway answers a request: a handler, the queues, or itself."""

import sqlite3
from http import HTTPStatus

from local.api_gateway import (
    Request,
    Response,
    error_response,
    json_response,
    proxy_event,
    proxy_response,
)
from local.database import Database
from local.lambda_environment import HandlerError, LambdaEnvironment
from local.messages import DEAD_LETTERS, QUEUE
from local.sqs import TARGET, SqsApi

# SDKs post either to the endpoint or to the queue's own URL.
SQS_PATHS = ("/", f"/{QUEUE}", f"/{DEAD_LETTERS}")


class Gateway:
    """Answers every request that the web server has read."""

    def __init__(self, database: Database, api: LambdaEnvironment, sqs: SqsApi) -> None:
        self._database = database
        self._api = api
        self._sqs = sqs

    def respond(self, request: Request) -> Response:
        """The answer to a request; nothing that a client sends makes it raise."""
        if request.path == "/health" and request.method in ("GET", "HEAD"):
            return self._health()
        target = request.header("x-amz-target") or ""
        if target.startswith(TARGET) and request.method == "POST" and request.path in SQS_PATHS:
            status, answer = self._sqs.answer(target.removeprefix(TARGET), request.body)
            return json_response(status, answer)
        return self._put_events(request)

    def _put_events(self, request: Request) -> Response:
        try:
            return proxy_response(self._api.invoke(proxy_event(request)))
        except (HandlerError, AttributeError, KeyError, TypeError, ValueError):
            return error_response(HTTPStatus.INTERNAL_SERVER_ERROR, request.request_id)

    def _health(self) -> Response:
        try:
            self._database.check()
        except sqlite3.Error as error:
            text = f"{self._database.path} cannot be written: {error}."
            return json_response(HTTPStatus.SERVICE_UNAVAILABLE, {"Message": text})
        return json_response(HTTPStatus.OK, {"Message": "Events can be stored."})
