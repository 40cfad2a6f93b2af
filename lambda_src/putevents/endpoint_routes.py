"""The calls that Pinpoint's clients make about endpoints, beside those that bring events."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from putevents.errors import (
    BadRequestError,
    ForbiddenError,
    NotStoredError,
    UnknownEndpointError,
)
from putevents.gateway import Gateway
from putevents.ingest import Submission, ingest
from putevents.ingest.validate import validate_endpoint_id
from putevents.observability import logger
from putevents.wire.answers import ACCEPTED, respond
from putevents.wire.arrival import Arrival
from putevents.wire.body import parse, parse_alone, read
from putevents.wire.json_object import read_json
from putevents.wire.rules import Rejection
from putevents.wire.schemas import (
    EndpointBatchItem,
    EndpointBatchRequest,
    EndpointResponse,
    EventsBatch,
    EventsRequest,
    PublicEndpoint,
)
from putevents.wire.storable import path_text

_ENDPOINTS = "/v1/apps/<application_id>/endpoints"
_ENDPOINT = _ENDPOINTS + "/<endpoint_id>"
_USER = "/v1/apps/<application_id>/users/<user_id>"
Found = EndpointResponse | list[EndpointResponse] | dict[str, Any] | None


class EndpointRoutes:
    """Adds its routes to the app of a gateway."""

    def __init__(self, app: APIGatewayRestResolver, gateway: Gateway) -> None:
        self._app, self._gateway = app, gateway
        app.put(_ENDPOINT)(self.update_endpoint)
        app.put(_ENDPOINTS)(self.update_endpoints_batch)
        app.get(_ENDPOINT + "/inappmessages")(self.get_in_app_messages)
        if gateway.settings.endpoint_reads:
            app.get(_ENDPOINT)(self.get_endpoint)
            app.delete(_ENDPOINT)(self.delete_endpoint)
            app.get(_USER)(self.get_user_endpoints)
            app.delete(_USER)(self.delete_user_endpoints)

    def update_endpoint(self, application_id: str, endpoint_id: str) -> Response[str]:
        """Create or update an endpoint; amplify-js sends no event until this has answered 202."""
        application_id, endpoint_id = self._served(application_id), path_text(endpoint_id)
        body, arrival = read(self._app.current_event), self._arrival
        submission = _submission(
            application_id,
            {endpoint_id: parse_alone(body, PublicEndpoint)},
            len(body),
            arrival,
            raw=lambda: {endpoint_id: read_json(body)},
        )
        self._update([submission])
        return self._respond_updated(application_id, [(submission, endpoint_id, "")], arrival)

    def update_endpoints_batch(self, application_id: str) -> Response[str]:
        """Create or update up to 100 endpoints; the good ones are kept when others break a rule."""
        application_id = self._served(application_id)
        body, arrival = read(self._app.current_event), self._arrival
        items = parse(body, EndpointBatchRequest).item
        # Read once, for however many rounds: a body of 4 MB may have a hundred.
        raw_items: Callable[[], list[Any]] = cache(lambda: read_json(body)["Item"])
        rounds = _rounds(items, raw_items)
        submissions = [
            _submission(
                application_id,
                {id_: _endpoint(items[number]) for id_, number in numbers.items()},
                len(body),
                arrival,
                raw=lambda numbers=numbers: {  # type: ignore[misc]
                    id_: raw_items()[number] for id_, number in numbers.items()
                },
                orders=numbers,
            )
            for numbers in rounds
        ]
        self._update(submissions)
        asked = [
            (number, submission, id_)
            for submission, numbers in zip(submissions, rounds, strict=True)
            for id_, number in numbers.items()
        ]
        asked.sort(key=lambda item: item[0])
        placed = [(s, id_, f" (Item.{n})") for n, s, id_ in asked]
        return self._respond_updated(application_id, placed, arrival)

    def get_endpoint(self, application_id: str, endpoint_id: str) -> Response[str]:
        """Return the endpoint as it is stored."""
        application_id = self._served(application_id)
        found = self._gateway.home.get_endpoint(application_id, path_text(endpoint_id))
        return self._respond("get_endpoint", application_id, HTTPStatus.OK, found)

    def delete_endpoint(self, application_id: str, endpoint_id: str) -> Response[str]:
        """Delete an endpoint and return what it was."""
        application_id = self._served(application_id)
        deleted = self._gateway.home.delete_endpoint(application_id, path_text(endpoint_id))
        return self._respond("delete_endpoint", application_id, HTTPStatus.ACCEPTED, deleted)

    def get_user_endpoints(self, application_id: str, user_id: str) -> Response[str]:
        """Return the endpoints of a user."""
        application_id, user_id = self._served(application_id), path_text(user_id)
        found = self._gateway.home.get_user_endpoints(application_id, user_id)
        return self._respond("get_user_endpoints", application_id, HTTPStatus.OK, found)

    def delete_user_endpoints(self, application_id: str, user_id: str) -> Response[str]:
        """Delete the endpoints of a user and return what they were."""
        application_id = self._served(application_id)
        deleted = self._gateway.home.delete_user_endpoints(application_id, path_text(user_id))
        return self._respond("delete_user_endpoints", application_id, HTTPStatus.ACCEPTED, deleted)

    def get_in_app_messages(self, application_id: str, endpoint_id: str) -> Response[str]:
        """Return no campaigns: the client's call succeeds and shows nothing."""
        application_id = self._served(application_id)
        if validate_endpoint_id(path_text(endpoint_id)):
            raise UnknownEndpointError
        answer: dict[str, Any] = {"InAppMessageCampaigns": []}
        return self._respond("get_in_app_messages", application_id, HTTPStatus.OK, answer)

    def _update(self, submissions: Sequence[Submission]) -> None:
        ingest(self._gateway, submissions, self._app.context["time_left"])
        for submission in submissions:
            if submission.failure:
                raise submission.failure
            submission.log_rejected()

    def _respond_updated(
        self, application_id: str, asked: Sequence[tuple[Submission, str, str]], arrival: Arrival
    ) -> Response[str]:
        """Answer once for all that was asked, as the service does; each with its place."""
        answers = [(s.results[id_]["EndpointItemResponse"], place) for s, id_, place in asked]
        if any(answer["StatusCode"] >= HTTPStatus.INTERNAL_SERVER_ERROR for answer, _ in answers):
            raise NotStoredError
        for answer, place in answers:
            if answer["StatusCode"] == HTTPStatus.FORBIDDEN:
                raise ForbiddenError(answer["Message"] + place)
            if answer["StatusCode"] != HTTPStatus.ACCEPTED:
                raise BadRequestError(answer["Message"] + place)
        queued = sum(submission.is_waiting(id_) for submission, id_, _ in asked)
        self._log("update_endpoint", application_id, endpoints=len(asked), queued=queued)
        body = {"Message": ACCEPTED["Message"], "RequestID": arrival.request_id}
        return respond(HTTPStatus.ACCEPTED, body)

    def _served(self, application_id: str) -> str:
        """Return the id as it stood in a path, decoded; raises UnknownApplicationError."""
        application_id = path_text(application_id)
        self._gateway.check_serves(application_id)
        return application_id

    def _respond(
        self, operation: str, application_id: str, status: HTTPStatus, found: Found
    ) -> Response[str]:
        if not found:
            raise UnknownEndpointError
        self._log(operation, application_id, status=status.value)
        return respond(status, {"Item": found} if isinstance(found, list) else found)

    def _log(self, operation: str, application_id: str, **fields: Any) -> None:
        logger.info(operation, application_id=application_id, **fields)

    @property
    def _arrival(self) -> Arrival:
        ties = self._gateway.settings.bind_endpoints
        return Arrival.of_request(self._app.current_event["requestContext"], ties=ties)


def _submission(
    application_id: str,
    endpoints: Mapping[str, PublicEndpoint | Rejection],
    size: int,
    arrival: Arrival,
    raw: Callable[[], dict[str, Any]],
    orders: Mapping[str, int] | None = None,
) -> Submission:
    """Return endpoint updates as what they are to PutEvents: batches without events."""
    batch_item: dict[str, EventsBatch | Rejection] = {
        id_: endpoint
        if isinstance(endpoint, Rejection)
        else EventsBatch.model_construct(endpoint=endpoint, events={})
        for id_, endpoint in endpoints.items()
    }
    return Submission(
        application_id,
        EventsRequest.model_construct(batch_item=batch_item),
        size,
        arrival,
        raw=lambda: {
            "BatchItem": {id_: {"Endpoint": found, "Events": {}} for id_, found in raw().items()}
        },
        orders=orders or {},
    )


def _rounds(
    items: Sequence[EndpointBatchItem | Rejection], raw_items: Callable[[], list[Any]]
) -> list[dict[str, int]]:
    """Group the items, given as number by id, so that each group has an id once.

    An id that comes again is a later update of the same endpoint.
    """
    rounds: list[dict[str, int]] = []
    seen: Counter[str] = Counter()
    any_rejected = any(isinstance(item, Rejection) for item in items)
    raw = raw_items() if any_rejected else []
    for number, item in enumerate(items):
        id_ = _raw_id(raw, number) if isinstance(item, Rejection) else item.id
        if seen[id_] == len(rounds):
            rounds.append({})
        rounds[seen[id_]][id_] = number
        seen[id_] += 1
    return rounds


def _raw_id(items: list[Any], number: int) -> str:
    """Return the id of an item that breaks a rule, or its place, which is no endpoint's id."""
    item = items[number]
    id_ = item.get("Id") if isinstance(item, dict) else None
    return id_ if isinstance(id_, str) else f"$Item.{number}"


def _endpoint(item: EndpointBatchItem | Rejection) -> PublicEndpoint | Rejection:
    return item if isinstance(item, Rejection) else item.endpoint
