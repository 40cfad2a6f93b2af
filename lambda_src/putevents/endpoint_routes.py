"""The calls that Pinpoint's clients make about endpoints, beside those that bring events."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from putevents import gateway
from putevents.ingest.settle import final_answer
from putevents.ingest.validate import judge_endpoint
from putevents.observability import logger
from putevents.queue.retry import Rest
from putevents.settings import settings
from putevents.wire.answers import ForbiddenError, NotStoredError, UnknownEndpointError, respond
from putevents.wire.arrival import Arrival
from putevents.wire.body import BadRequestError, parse, read
from putevents.wire.rules import Rejection
from putevents.wire.schemas import (
    EndpointBatchRequest,
    EndpointItemResponse,
    EndpointResponse,
    PublicEndpoint,
    ValidBatch,
)

router = APIGatewayRouter()  # type: ignore[no-untyped-call]

_ENDPOINTS = "/v1/apps/<application_id>/endpoints"
_ENDPOINT = _ENDPOINTS + "/<endpoint_id>"
_USER = "/v1/apps/<application_id>/users/<user_id>"


@router.put(_ENDPOINT)
def update_endpoint(application_id: str, endpoint_id: str) -> Response[str]:
    """Create or update an endpoint; amplify-js sends no event until this has answered 202."""
    application_id, endpoint_id = gateway.served(application_id), unquote(endpoint_id)
    body, arrival = read(router.current_event), _arrival()
    endpoint = judge_endpoint(endpoint_id, parse(body, PublicEndpoint), len(body))
    if isinstance(endpoint, Rejection):
        raise BadRequestError(endpoint.message)
    answer = gateway.update_endpoint(application_id, endpoint_id, endpoint, arrival)
    return _settle(application_id, {endpoint_id: endpoint}, {endpoint_id: answer}, [], arrival)


@router.put(_ENDPOINTS)
def update_endpoints_batch(application_id: str) -> Response[str]:
    """Create or update up to 100 endpoints; the good ones are kept when others break a rule."""
    application_id = gateway.served(application_id)
    body, arrival = read(router.current_event), _arrival()
    endpoints, refusals = {}, []
    for item in parse(body, EndpointBatchRequest).item:
        if isinstance(item, Rejection):
            refusals.append(item.message)
            continue
        judged = judge_endpoint(item.id, item.endpoint, len(body))
        if isinstance(judged, Rejection):
            refusals.append(judged.message)
        else:
            endpoints[item.id] = judged
    batch_item = {
        endpoint_id: ValidBatch(endpoint, {}) for endpoint_id, endpoint in endpoints.items()
    }
    arrivals = dict.fromkeys(endpoints, arrival)
    answers = (endpoints and gateway.deliver(application_id, batch_item, arrivals)) or {}
    return _settle(
        application_id,
        endpoints,
        {e: answers[e].get("EndpointItemResponse") if e in answers else None for e in endpoints},
        refusals,
        arrival,
    )


def _settle(
    application_id: str,
    endpoints: Mapping[str, PublicEndpoint],
    answers: Mapping[str, EndpointItemResponse | None],
    refusals: list[str],
    arrival: Arrival,
) -> Response[str]:
    """Queue what failed; then one answer for all, as the service gives it."""
    undelivered = {}
    for endpoint_id, endpoint in endpoints.items():
        final = final_answer(answers[endpoint_id])
        if final is None:
            undelivered[endpoint_id] = ValidBatch(endpoint, {})
        elif final["StatusCode"] != HTTPStatus.ACCEPTED:
            refusals.append(final["Message"])
    if undelivered and gateway.queue(Rest(application_id, undelivered, arrival)):
        raise NotStoredError
    if refusals:
        raise BadRequestError(refusals[0])
    _log("update_endpoint", application_id, endpoints=len(endpoints), queued=len(undelivered))
    body = {"Message": "Accepted", "RequestID": arrival.request_id}
    return respond(HTTPStatus.ACCEPTED, body)


@router.get(_ENDPOINT)
def get_endpoint(application_id: str, endpoint_id: str) -> Response[str]:
    """The endpoint as it is stored."""
    application_id = _readable(application_id)
    found = gateway.destination.get_endpoint(application_id, unquote(endpoint_id))
    return _respond("get_endpoint", application_id, HTTPStatus.OK, found)


@router.delete(_ENDPOINT)
def delete_endpoint(application_id: str, endpoint_id: str) -> Response[str]:
    """Delete an endpoint and tell what it was."""
    application_id = _readable(application_id)
    deleted = gateway.destination.delete_endpoint(application_id, unquote(endpoint_id))
    return _respond("delete_endpoint", application_id, HTTPStatus.ACCEPTED, deleted)


@router.get(_USER)
def get_user_endpoints(application_id: str, user_id: str) -> Response[str]:
    """The endpoints of a user."""
    application_id = _readable(application_id)
    found = gateway.destination.get_user_endpoints(application_id, unquote(user_id))
    return _respond("get_user_endpoints", application_id, HTTPStatus.OK, found)


@router.delete(_USER)
def delete_user_endpoints(application_id: str, user_id: str) -> Response[str]:
    """Delete the endpoints of a user and tell what they were."""
    application_id = _readable(application_id)
    deleted = gateway.destination.delete_user_endpoints(application_id, unquote(user_id))
    return _respond("delete_user_endpoints", application_id, HTTPStatus.ACCEPTED, deleted)


@router.get(_ENDPOINT + "/inappmessages")
def get_in_app_messages(application_id: str, endpoint_id: str) -> Response[str]:
    """No campaigns: the client's call succeeds and shows nothing."""
    application_id = gateway.served(application_id)
    answer: dict[str, Any] = {"InAppMessageCampaigns": []}
    return _respond("get_in_app_messages", application_id, HTTPStatus.OK, answer)


def _readable(application_id: str) -> str:
    """As gateway.served; raises ForbiddenError where callers may only send."""
    application_id = gateway.served(application_id)
    if not settings().endpoint_reads:
        raise ForbiddenError
    return application_id


def _respond(
    operation: str,
    application_id: str,
    status: HTTPStatus,
    found: EndpointResponse | list[EndpointResponse] | dict[str, Any] | None,
) -> Response[str]:
    if not found:
        raise UnknownEndpointError
    _log(operation, application_id, status=status.value)
    return respond(status, {"Item": found} if isinstance(found, list) else found)


def _log(operation: str, application_id: str, **fields: Any) -> None:
    logger.info(operation, application_id=application_id, request_id=_request_id(), **fields)


def _arrival() -> Arrival:
    return Arrival.now(_request_id())


def _request_id() -> str:
    return router.current_event.request_context.request_id or "unknown"
