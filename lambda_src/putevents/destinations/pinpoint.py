"""Destination `pinpoint`: boto3's put_events, at AWS or at AWS_ENDPOINT_URL_PINPOINT."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from putevents.destinations.call_failure import failure_text, kind_of, status_of
from putevents.destinations.client_config import client_config
from putevents.destinations.late_endpoints import LateEndpoints
from putevents.destinations.signing import pinpoint_client
from putevents.errors import DestinationError
from putevents.observability import logger
from putevents.time_left import TimeLeft
from putevents.wire.answers import ACCEPTED, as_object, not_yet
from putevents.wire.arrival import Arrival, Arrivals
from putevents.wire.forwarded import ARRIVALS, arrivals_header
from putevents.wire.json_object import loads
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.schemas import (
    MAX_EVENTS_PER_CALL,
    MAX_REQUEST_BYTES,
    EndpointResponse,
    ItemResponse,
    ValidBatch,
)
from putevents.wire.split import Piece, split

_CONFIG = client_config(read_timeout=5)
_WIRE = "putevents_wire"


class PinpointDestination:
    """Forwards in calls of at most 100 events and 4 MB, and merges their answers."""

    takes_endpoints, tells_endpoints, keeps_rejected = True, False, False

    def __init__(self) -> None:
        self._client = pinpoint_client(_CONFIG)
        events = self._client.meta.events
        events.register("provide-client-params.pinpoint.PutEvents", _keep_wire)
        events.register("before-call.pinpoint.PutEvents", _send_wire)
        events.register("before-parse.pinpoint.PutEvents", _read_wire)
        self._late = LateEndpoints(self._client)

    def deliver(
        self,
        application_id: str,
        batch_item: dict[str, ValidBatch],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> dict[str, ItemResponse]:
        """Deliver; see Destination. What a broken call carried is missing from the answer."""
        late = self._late.among(batch_item, arrivals)
        superseded = self._late.superseded(application_id, late, arrivals, time_left)
        answers: dict[str, ItemResponse] = {id_: _superseded() for id_ in superseded}
        failures: Counter[str] = Counter()
        batch_item = _without_endpoints(batch_item, superseded)
        for piece in split(batch_item, max_items=MAX_EVENTS_PER_CALL, max_bytes=MAX_REQUEST_BYTES):
            if (late or answers) and not time_left.is_enough_to_deliver():
                failures["out of time"] += 1
                break
            try:
                _merge(answers, self._put(application_id, piece, arrivals), piece)
            except Exception as error:
                # Whatever botocore raises, also over an answer it cannot read, nothing of this
                # piece was confirmed.
                failures[kind_of(error)] += 1
                _merge(answers, _not_yet(piece, failure_text(error)), piece)
                if not _concerns_one_call(error):
                    break
        for kind, calls in failures.items():
            logger.warning("put_events failed", error=kind, calls=calls)
        return answers

    def _put(self, application_id: str, piece: Piece, arrivals: Arrivals) -> Any:
        header = arrivals_header(piece.batch_item, arrivals)
        request: Any = {"BatchItem": {}, _WIRE: (piece.wire, header)}
        response: Any = self._client.put_events(ApplicationId=application_id, EventsRequest=request)
        self._late.note(response)
        return response[_WIRE]["Results"]

    def keep_rejected(
        self,
        application_id: str,
        rejected: list[RejectedPart],
        arrival: Arrival,
        time_left: TimeLeft,
    ) -> bool:
        """Keep nothing: PutEvents has no place for it."""
        return False

    def forgotten(
        self,
        application_id: str,
        waiting: Mapping[str, EndpointResponse],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> set[str]:
        """Which endpoints were forgotten since then; see Home."""
        return set()  # it does not know

    def get_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """The endpoint as it is stored, or None."""
        ids = {"ApplicationId": application_id, "EndpointId": endpoint_id}
        found: EndpointResponse | None = _read(self._client.get_endpoint, "EndpointResponse", ids)
        return found

    def delete_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """Delete an endpoint; what it was, or None."""
        ids = {"ApplicationId": application_id, "EndpointId": endpoint_id}
        was: EndpointResponse | None = _read(self._client.delete_endpoint, "EndpointResponse", ids)
        return was

    def get_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """The endpoints of a user."""
        ids = {"ApplicationId": application_id, "UserId": user_id}
        return _items(_read(self._client.get_user_endpoints, "EndpointsResponse", ids))

    def delete_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """Delete the endpoints of a user; what they were."""
        ids = {"ApplicationId": application_id, "UserId": user_id}
        return _items(_read(self._client.delete_user_endpoints, "EndpointsResponse", ids))


def _read(call: Callable[..., Any], payload: str, ids: dict[str, str]) -> Any:
    """The payload of a call's answer, or None if what it asks for is not there."""
    try:
        return call(**ids)[payload]
    except Exception as error:
        if status_of(error) == 404:
            return None
        raise DestinationError(kind_of(error)) from error


def _items(payload: Any) -> list[EndpointResponse]:
    return list(payload["Item"]) if payload else []


def _keep_wire(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[_WIRE] = params["EventsRequest"].pop(_WIRE)


def _send_wire(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    # The body is at hand as bytes; botocore signs them as they are instead of building them again.
    params["body"], params["headers"][ARRIVALS] = context[_WIRE]


def _superseded() -> ItemResponse:
    return {"EndpointItemResponse": ACCEPTED, "EventsItemResponse": {}}


def _not_yet(piece: Piece, why: str) -> dict[str, ItemResponse]:
    """Return why a piece was not taken; of endpoints that have events, these say it."""
    told = not_yet(why)
    return {
        id_: {
            **({} if batch.events else {"EndpointItemResponse": told}),  # type: ignore[typeddict-item]
            "EventsItemResponse": dict.fromkeys(batch.events, told),
        }
        for id_, batch in piece.batch_item.items()
    }


def _without_endpoints(
    batch_item: dict[str, ValidBatch], superseded: set[str]
) -> dict[str, ValidBatch]:
    """Return what is left to deliver when these endpoints' own data is not."""
    return {
        endpoint_id: batch._replace(endpoint=None) if endpoint_id in superseded else batch
        for endpoint_id, batch in batch_item.items()
        if batch.events or endpoint_id not in superseded
    }


def _read_wire(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    # botocore's parser raises over one item that is not of its shape, though others are.
    if response_dict["status_code"] < 300:
        customized_response_dict[_WIRE] = loads(response_dict["body"])
        response_dict["body"] = b"{}"


def _merge(answers: dict[str, ItemResponse], results: Any, piece: Piece) -> None:
    for endpoint_id, batch in piece.batch_item.items():
        item = as_object(results.get(endpoint_id))
        merged = answers.setdefault(endpoint_id, {"EventsItemResponse": {}})  # type: ignore[typeddict-item]
        merged["EventsItemResponse"].update(as_object(item.get("EventsItemResponse")))
        if batch.endpoint is not None and "EndpointItemResponse" in item:
            merged["EndpointItemResponse"] = item["EndpointItemResponse"]


def _concerns_one_call(error: Exception) -> bool:
    """Whether only this call's content was at fault, so that the next call may do better."""
    return status_of(error) in (400, 413)
