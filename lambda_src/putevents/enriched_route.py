"""The door of enriched events over HTTPS: envelopes in, an answer for each in order out."""

from collections.abc import Sequence
from http import HTTPStatus
from time import perf_counter
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from putevents.errors import PayloadTooLargeError
from putevents.gateway import Gateway
from putevents.ingest import ingest
from putevents.ingest.enriched import sort_envelopes
from putevents.ingest.enriched_submission import EnrichedSubmission
from putevents.ingest.validate import ESCAPED, ITEM
from putevents.observability import Meter, annotate, traced
from putevents.wire.answers import (
    FAILED,
    LARGE_ANSWER,
    MAX_ANSWER_BYTES,
    answer_bytes,
    respond,
)
from putevents.wire.arrival import Arrival
from putevents.wire.body import read
from putevents.wire.enriched_body import read_envelopes
from putevents.wire.forwarded import ARRIVALS, arrival_of_each
from putevents.wire.rules import REJECTED_BY_DESTINATION
from putevents.wire.storable import path_text


class EnrichedRoute:
    """Answers the request that an app has at hand."""

    def __init__(self, app: APIGatewayRestResolver, gateway: Gateway, meter: Meter) -> None:
        self._app, self._gateway, self._meter = app, gateway, meter

    def respond(self, application_id: str) -> Response[str]:
        """Take envelopes; each is answered alone."""
        with traced("enriched_events"):
            return self._respond(application_id)

    def _respond(self, application_id: str) -> Response[str]:
        started = perf_counter()
        application_id = path_text(application_id)
        self._gateway.check_serves(application_id)
        body = read(self._app.current_event)
        with traced("validate") as validating:
            envelopes = read_envelopes(body)
            annotate(validating, application_id, len(envelopes))
            submission = EnrichedSubmission.of(application_id, len(body), self._arrival)
            arrivals = self._arrivals(submission.arrival, len(envelopes))
            sort_envelopes(submission, envelopes, arrivals, raw=lambda: read_envelopes(body))
            is_large = _is_large(submission)
        del envelopes
        ingest(self._gateway, submission.parts, self._app.context["time_left"])
        submission.put_together()
        if submission.failure:
            raise submission.failure
        submission.log(
            "enriched_events",
            self._meter,
            status=HTTPStatus.ACCEPTED.value,
            duration_ms=round((perf_counter() - started) * 1000, 1),
        )
        results = _results(submission)
        if is_large and answer_bytes({"Results": results}) > MAX_ANSWER_BYTES:
            results = [_shortened(result) for result in results]
        return respond(HTTPStatus.ACCEPTED, {"Results": results})

    @property
    def _arrival(self) -> Arrival:
        ties = self._gateway.settings.bind_endpoints
        return Arrival.of_request(self._app.current_event["requestContext"], ties=ties)

    def _arrivals(self, arrival: Arrival, count: int) -> Sequence[Arrival]:
        header = self._app.current_event.headers.get(ARRIVALS) or ""
        trusted = header if self._gateway.settings.trust_arrival else ""
        return arrival_of_each(count, arrival, trusted)


def _results(submission: EnrichedSubmission) -> list[dict[str, Any]]:
    return [{"EventId": id_, **answer} for id_, answer in submission.answers_in_order]


def _is_large(submission: EnrichedSubmission) -> bool:
    """Whether the answer may have no room for all that a destination says.

    Raises PayloadTooLargeError if it has none for the ids and the shortest texts.
    """
    places = submission.places
    if submission.size * ESCAPED + len(places) * ITEM <= MAX_ANSWER_BYTES:
        return False
    answers = [{"EventId": place.event_id, **(place.answer or FAILED)} for place in places]
    if answer_bytes({"Results": answers}) > MAX_ANSWER_BYTES:
        raise PayloadTooLargeError(LARGE_ANSWER)
    return True


def _shortened(result: dict[str, Any]) -> dict[str, Any]:
    is_rejected = result["StatusCode"] // 100 == 4
    return {**result, "Message": REJECTED_BY_DESTINATION.message} if is_rejected else result
