"""Door 1: an API Gateway event in, an EventsResponse out."""

from http import HTTPStatus
from time import perf_counter
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

from putevents import endpoint_routes, gateway
from putevents.ingest.rejected import keep_rejected
from putevents.ingest.validate import ingest
from putevents.observability import annotate, logger, tracer
from putevents.queue.retry import Rest
from putevents.settings import settings
from putevents.time_left import time_left
from putevents.wire.answers import ERRORS, MethodNotAllowedError, refuse, respond
from putevents.wire.arrival import Arrival
from putevents.wire.body import parse, read, read_json
from putevents.wire.schemas import EventsRequest

# What the real clients' preflights ask for beside what Powertools always allows (authorization,
# content-type, x-amz-date, x-amz-security-token, x-api-key), and what they read from an answer.
ALLOW_HEADERS = [
    "x-amz-user-agent", "x-amz-content-sha256", "amz-sdk-invocation-id", "amz-sdk-request",
    "x-amzn-clientsdkversion",
]  # fmt: skip
EXPOSE_HEADERS = ["x-amzn-RequestId", "x-amzn-ErrorType", "Date"]
PREFLIGHT_SECONDS = 7200  # as long as any browser keeps one


def cors(origins: tuple[str, ...]) -> CORSConfig | None:
    """The answers to browsers from these origins; none are given to others."""
    if not origins:
        return None
    return CORSConfig(
        allow_origin=origins[0],
        extra_origins=list(origins[1:]),
        allow_headers=ALLOW_HEADERS,
        expose_headers=EXPOSE_HEADERS,
        max_age=PREFLIGHT_SECONDS,
    )


app = APIGatewayRestResolver(cors=cors(settings().cors_origins))
app.include_router(endpoint_routes.router)


@app.post("/v1/apps/<application_id>/events")
@app.post("/v1/apps/<application_id>/events/legacy")
def put_events(application_id: str) -> Response[str]:
    """Take an EventsRequest; whatever is wrong with a part of it is answered for that part."""
    started, arrival = perf_counter(), Arrival.now(_request_id())
    application_id = gateway.served(application_id)
    body = read(app.current_event)
    with tracer.provider.in_subsegment("validate"):
        request = parse(body, EventsRequest)
        annotate(application_id, request.event_count)
    report = ingest(application_id, request, len(body), arrival, gateway.deliver)
    if report.undelivered:
        not_queued = gateway.queue(Rest(application_id, report.undelivered, arrival))
        report.confirm_queued(not_queued)
    if report.refusals and gateway.destination.keeps_rejected:
        keep_rejected(read_json(body), report, arrival, gateway.destination)
    report.log(
        "put_events",
        status=HTTPStatus.ACCEPTED.value,
        request_id=_request_id(),
        duration_ms=round((perf_counter() - started) * 1000, 1),
    )
    return respond(HTTPStatus.ACCEPTED, {"Results": report.results})


@app.exception_handler(list(ERRORS))  # type: ignore[untyped-decorator]
def refuse_whole(error: Exception) -> Response[str]:
    """Answer a request that failed as a whole in the shape of Pinpoint's own errors."""
    if type(error) is NotFoundError and _path_is_served():
        error = MethodNotAllowedError()
    response = refuse(error, _request_id())
    fields: dict[str, Any] = {"request_id": _request_id(), "status": response.status_code}
    if type(error) in ERRORS:
        logger.info("refused", error=type(error).__name__, **fields)
    else:
        logger.exception("failed", exc_info=error, **fields)
    return response


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one API Gateway REST proxy event."""
    time_left.begin(context)
    return app.resolve(event, context)


def _path_is_served() -> bool:
    # The resolver itself answers a known path with another method like an unknown one.
    return any(route.rule.match(app.current_event.path) for route in app._dynamic_routes)


def _request_id() -> str:
    return app.current_event.request_context.request_id or "unknown"
