"""The HTTPS door: an API Gateway event in, an EventsResponse out."""

import os
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from time import perf_counter
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

from putevents.endpoint_routes import EndpointRoutes
from putevents.errors import InternalError, MethodNotAllowedError, RequestError, UnknownPathError
from putevents.gateway import Gateway
from putevents.ingest import Submission, ingest
from putevents.observability import Meter, annotate, logger, tracer
from putevents.time_left import TimeLeft
from putevents.wire.answers import respond, respond_error
from putevents.wire.arrival import Arrival
from putevents.wire.body import parse, read
from putevents.wire.json_object import read_json
from putevents.wire.schemas import EventsRequest
from putevents.wire.storable import path_text

# What the real clients' preflights ask for beside what Powertools always allows (authorization,
# content-type, x-amz-date, x-amz-security-token, x-api-key), and what they read from an answer.
ALLOW_HEADERS = [
    "x-amz-user-agent", "x-amz-content-sha256", "amz-sdk-invocation-id", "amz-sdk-request",
    "x-amzn-clientsdkversion",
]  # fmt: skip
EXPOSE_HEADERS = ["x-amzn-RequestId", "x-amzn-ErrorType", "Date"]
PREFLIGHT_SECONDS = 7200  # as long as any browser keeps one
Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


class ApiHandler:
    """Answers API Gateway REST proxy events, one at a time."""

    def __init__(
        self,
        gateway: Gateway,
        resolver: type[APIGatewayRestResolver] = APIGatewayRestResolver,
    ) -> None:
        self.gateway, self._meter = gateway, Meter()
        self.app = app = resolver(cors=cors(gateway.settings.cors_origins))
        app.post("/v1/apps/<application_id>/events")(self.put_events)
        app.post("/v1/apps/<application_id>/events/legacy")(self.put_events)
        EndpointRoutes(app, gateway)
        app.exception_handler(Exception)(self.answer_error)

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answer one event."""
        self.app.append_context(time_left=TimeLeft.of(context))  # type: ignore[no-untyped-call]
        return self.app.resolve(event, context)

    def put_events(self, application_id: str) -> Response[str]:
        """Take an EventsRequest; each part of it is answered alone."""
        started, arrival = perf_counter(), Arrival.now(self._request_id)
        application_id = path_text(application_id)
        self.gateway.check_serves(application_id)
        body = read(self.app.current_event)
        with tracer.provider.in_subsegment("validate"):
            request = parse(body, EventsRequest)
            annotate(application_id, request.event_count)
        submission = Submission(
            application_id, request, len(body), arrival, raw=lambda: read_json(body)
        )
        ingest(self.gateway, [submission], self.app.context["time_left"])
        if submission.failure:
            raise submission.failure
        submission.log(
            "put_events",
            self._meter,
            status=HTTPStatus.ACCEPTED.value,
            request_id=self._request_id,
            duration_ms=round((perf_counter() - started) * 1000, 1),
        )
        return respond(HTTPStatus.ACCEPTED, {"Results": submission.results})

    def answer_error(self, error: Exception) -> Response[str]:
        """Answer a request that failed as a whole in the shape of Pinpoint's own errors."""
        if isinstance(error, NotFoundError):
            error = MethodNotAllowedError() if self._path_is_served() else UnknownPathError()
        known = error if isinstance(error, RequestError) else InternalError()
        fields: dict[str, Any] = {"request_id": self._request_id, "status": known.status.value}
        if known is error:
            logger.info("rejected whole", error=type(error).__name__, **fields)
        else:
            logger.exception("failed", exc_info=error, **fields)
        return respond_error(known, self._request_id)

    def _path_is_served(self) -> bool:
        # The resolver itself answers a known path with another method like an unknown one.
        path = self.app.current_event.path
        return any(route.rule.match(path) for route in self.app._dynamic_routes)

    @property
    def _request_id(self) -> str:
        return self.app.current_event.request_context.request_id or "unknown"


def cors(origins: tuple[str, ...]) -> CORSConfig | None:
    """Return how browsers of these origins are answered; others get no CORS headers."""
    if not origins:
        return None
    return CORSConfig(
        allow_origin=origins[0],
        extra_origins=list(origins[1:]),
        allow_headers=ALLOW_HEADERS,
        expose_headers=EXPOSE_HEADERS,
        max_age=PREFLIGHT_SECONDS,
    )


def make_handler(
    gateway: Gateway, resolver: type[APIGatewayRestResolver] = APIGatewayRestResolver
) -> Handler:
    """Return a handler of its own for a gateway; threads need one each."""
    return ApiHandler(gateway, resolver)


@cache
def _handler() -> Handler:
    return make_handler(Gateway.load())


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one API Gateway REST proxy event, as the gateway of the environment."""
    return _handler()(event, context)


if "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ:
    _handler()  # Lambda's init phase has a whole CPU, whatever memory the function has
