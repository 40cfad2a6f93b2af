"""Door 1: an API Gateway event in, an EventsResponse out."""

import json
from http import HTTPStatus
from time import perf_counter
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

from putevents.destinations import load
from putevents.ingest import ingest
from putevents.observability import annotate, logger, tracer
from putevents.parsing import BadRequestError, PayloadTooLargeError, decode, parse
from putevents.retry import RetryQueue
from putevents.schemas import EventsRequest
from putevents.settings import settings

# What the real clients' preflights ask for beside what Powertools always allows (authorization,
# content-type, x-amz-date, x-amz-security-token, x-api-key), and what they read from an answer.
ALLOW_HEADERS = [
    "x-amz-user-agent", "x-amz-content-sha256", "amz-sdk-invocation-id", "amz-sdk-request",
    "x-amzn-clientsdkversion",
]  # fmt: skip
EXPOSE_HEADERS = ["x-amzn-RequestId", "x-amzn-ErrorType", "Date"]
PREFLIGHT_SECONDS = 7200  # as long as any browser keeps one


class UnknownApplicationError(Exception):
    """This gateway does not serve the application."""


class MethodNotAllowedError(Exception):
    """The path is served, but not with this method."""


def _cors() -> CORSConfig | None:
    origins = list(settings().cors_origins)
    if not origins:
        return None
    return CORSConfig(
        allow_origin=origins[0],
        extra_origins=origins[1:],
        allow_headers=ALLOW_HEADERS,
        expose_headers=EXPOSE_HEADERS,
        max_age=PREFLIGHT_SECONDS,
    )


app = APIGatewayRestResolver(cors=_cors())
destination = load(settings())
retry_queue = RetryQueue(settings())


@app.post("/v1/apps/<application_id>/events")
@app.post("/v1/apps/<application_id>/events/legacy")
def put_events(application_id: str) -> Response[str]:
    """Take an EventsRequest; whatever is wrong with a part of it is answered for that part."""
    started = perf_counter()
    application_id = unquote(application_id)
    if not settings().serves(application_id):
        raise UnknownApplicationError
    body = decode(app.current_event.body, is_base64=bool(app.current_event.is_base64_encoded))
    with tracer.provider.in_subsegment("validate"):
        request = parse(body, EventsRequest)
        annotate(application_id, request.event_count)
    report = ingest(application_id, request, len(body), destination)
    if report.undelivered:
        report.confirm_queued(retry_queue.queue(application_id, report.undelivered))
    report.log(
        "put_events", status=202, request_id=_request_id(), duration_ms=_milliseconds_since(started)
    )
    return _respond(HTTPStatus.ACCEPTED, {"Results": report.results})


# What a request that fails as a whole is told; a text of None is the exception's own.
ERRORS: dict[type[Exception], tuple[HTTPStatus, str, str | None]] = {
    BadRequestError: (HTTPStatus.BAD_REQUEST, "BadRequestException", None),
    PayloadTooLargeError: (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "PayloadTooLargeException",
        "Request size should be at most 4 MB.",
    ),
    UnknownApplicationError: (HTTPStatus.NOT_FOUND, "NotFoundException", "Application not found."),
    NotFoundError: (HTTPStatus.NOT_FOUND, "NotFoundException", "Path not found."),
    MethodNotAllowedError: (
        HTTPStatus.METHOD_NOT_ALLOWED,
        "MethodNotAllowedException",
        "Method not allowed.",
    ),
    Exception: (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "InternalServerErrorException",
        "Internal server error.",
    ),
}


@app.exception_handler(list(ERRORS))  # type: ignore[untyped-decorator]
def refuse(error: Exception) -> Response[str]:
    """Answer a request that failed as a whole in the shape of Pinpoint's own errors."""
    if type(error) is NotFoundError and _path_is_served():
        error = MethodNotAllowedError()
    status, name, text = next(ERRORS[kind] for kind in type(error).__mro__ if kind in ERRORS)
    request_id = _request_id()
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.exception("failed", request_id=request_id, exc_info=error)
    else:
        logger.info("refused", request_id=request_id, status=status.value, error=name)
    body = {"Message": text or str(error), "RequestID": request_id}
    return _respond(status, body, {"x-amzn-ErrorType": name})


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one API Gateway REST proxy event."""
    return app.resolve(event, context)


def _path_is_served() -> bool:
    # The resolver itself answers a known path with another method like an unknown one.
    return any(route.rule.match(app.current_event.path) for route in app._dynamic_routes)


def _request_id() -> str:
    return app.current_event.request_context.request_id or ""


def _milliseconds_since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 1)


def _respond(
    status: HTTPStatus, body: object, headers: dict[str, str | list[str]] | None = None
) -> Response[str]:
    return Response(
        status_code=status.value,
        content_type="application/json",
        body=json.dumps(body, separators=(",", ":")),
        headers=headers,
    )
