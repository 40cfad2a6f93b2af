"""The HTTPS door: an API Gateway event in, an EventsResponse out."""

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from time import perf_counter
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

from putevents import init_phase, snap_start
from putevents.cross_origin import cross_origin
from putevents.endpoint_routes import EndpointRoutes
from putevents.errors import InternalError, MethodNotAllowedError, RequestError, UnknownPathError
from putevents.gateway import Gateway
from putevents.ingest import Submission, ingest
from putevents.observability import Meter, annotate, concerning, logger, traced
from putevents.time_left import TimeLeft
from putevents.wire.answers import respond, respond_error
from putevents.wire.arrival import Arrival, request_id
from putevents.wire.body import parse, read
from putevents.wire.credentials import without_credentials
from putevents.wire.forwarded import ARRIVALS, KEEPS_ARRIVALS, by_arrival
from putevents.wire.json_object import read_json
from putevents.wire.matched_path import matched_path
from putevents.wire.schemas import EventsRequest, ItemResponse
from putevents.wire.storable import path_text

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


class ApiHandler:
    """Answers API Gateway REST proxy events, one at a time."""

    def __init__(
        self,
        gateway: Gateway,
        resolver: type[APIGatewayRestResolver] = APIGatewayRestResolver,
    ) -> None:
        self.gateway, self._meter = gateway, Meter()
        settings = gateway.settings
        self.app = app = resolver(cors=cross_origin(settings.cors_origins, settings.cors_headers))
        app.post("/v1/apps/<application_id>/events")(self.put_events)
        app.post("/v1/apps/<application_id>/events/legacy")(self.put_events)
        app.post("/v1/apps/<application_id>/enriched-events")(self.enriched_events)
        EndpointRoutes(app, gateway)
        app.exception_handler(Exception)(self.answer_error)

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answer one event."""
        self.app.append_context(time_left=TimeLeft.of(context))  # type: ignore[no-untyped-call]
        with concerning([request_id(event["requestContext"])]):
            seen = without_credentials(event)
            seen["path"] = matched_path(event)
            answer = self.app.resolve(seen, context)
        if self.gateway.settings.trust_arrival:
            answer["multiValueHeaders"][KEEPS_ARRIVALS] = ["true"]
        return answer

    def put_events(self, application_id: str) -> Response[str]:
        """Take an EventsRequest; each part of it is answered alone."""
        with traced("put_events"):
            return self._put_events(application_id)

    def _put_events(self, application_id: str) -> Response[str]:
        started = perf_counter()
        application_id = path_text(application_id)
        self.gateway.check_serves(application_id)
        body = read(self.app.current_event)
        with traced("validate") as validating:
            request = parse(body, EventsRequest)
            annotate(validating, application_id, request.event_count)
        submissions = [
            Submission(application_id, part, len(body), arrival, raw=lambda: read_json(body))
            for arrival, part in self._by_arrival(request)
        ]
        ingest(self.gateway, submissions, self.app.context["time_left"])
        results: dict[str, ItemResponse] = {}
        for submission in submissions:
            if submission.failure:
                raise submission.failure
            results |= submission.results
            submission.log(
                "put_events",
                self._meter,
                status=HTTPStatus.ACCEPTED.value,
                duration_ms=round((perf_counter() - started) * 1000, 1),
            )
        return respond(HTTPStatus.ACCEPTED, {"Results": results})

    def enriched_events(self, application_id: str) -> Response[str]:
        """Take envelopes of enriched events; each is answered alone."""
        # Loaded by the first of them: most cold starts are not for one.
        from putevents.enriched_route import EnrichedRoute

        return EnrichedRoute(self.app, self.gateway, self._meter).respond(application_id)

    def _by_arrival(self, request: EventsRequest) -> list[tuple[Arrival, EventsRequest]]:
        """Return the parts of a request that came in at different times; mostly it is one."""
        event = self.app.current_event
        settings = self.gateway.settings
        arrival = Arrival.of_request(event["requestContext"], ties=settings.bind_endpoints)
        if not settings.trust_arrival:
            return [(arrival, request)]
        return by_arrival(request, arrival, event.headers.get(ARRIVALS) or "")

    def answer_error(self, error: Exception) -> Response[str]:
        """Answer a request that failed as a whole in the shape of Pinpoint's own errors."""
        methods: list[str] = []
        fields: dict[str, Any] = {}
        if isinstance(error, NotFoundError):
            error, methods, fields = self._not_found()
        known = error if isinstance(error, RequestError) else InternalError()
        if known is error:
            name, status = type(error).__name__, known.status.value
            logger.info("rejected whole", error=name, status=status, **fields)
        else:
            logger.exception("failed", exc_info=error, status=known.status.value)
        answer = respond_error(known, request_id(self.app.current_event["requestContext"]))
        if methods:
            answer.headers["Allow"] = ", ".join(methods)  # RFC 9110 wants it with a 405
        return answer

    def _not_found(self) -> tuple[RequestError, list[str], dict[str, Any]]:
        """Return the error of a request that no route takes, the methods of its path, log fields.

        A Pinpoint operation is named: whoever overrode its address should hear where it went.
        """
        from putevents.unserved import find_unserved  # no cold start and no event needs it

        request = self.app.current_event
        methods = self._served_methods()
        error = MethodNotAllowedError if methods else UnknownPathError
        if unserved := find_unserved(request.http_method, request.path):
            return error(unserved.text), methods, {"operation": unserved.name}
        return error(), methods, {}

    def _served_methods(self) -> list[str]:
        # The resolver itself answers a known path with another method like an unknown one.
        path = self.app.current_event.path
        return [route.method for route in self.app._dynamic_routes if route.rule.match(path)]


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


if init_phase.is_on():
    _handler()
    snap_start.register()
    logger.info("started", init_ms=init_phase.end())
