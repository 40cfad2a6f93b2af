"""Rows of the live page: one for each event, made of a request and its answer or of a message."""

import base64
import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import unquote

from local.api_gateway import ANY_RESOURCE, ENRICHED_RESOURCE, EVENT_RESOURCES, resource_of
from local.http_messages import Request, Response
from local.live.enriched_rows import batch_item, results
from local.live.happenings import Exchange, Sent
from local.queue_message import DEAD_LETTERS
from putevents.errors import RequestError
from putevents.wire.answers import as_object
from putevents.wire.body import decode
from putevents.wire.enriched_body import ENRICHED_EVENTS, read_envelopes, read_member
from putevents.wire.json_object import read_json

PARTS = 16_384  # more than the parts of any request: a row's number is its request's and its place
Told = tuple[str, str | None]  # a verdict, and its reason
Key = tuple[str, str, str]  # request, endpoint and event: an event each time that it was sent


class Row(NamedTuple):
    """A line of the page."""

    seq: int
    at: int
    application: str
    endpoint: str
    event: str
    type: str | None
    verdict: str
    reason: str | None
    destination: str | None
    door: str | None  # None where the file does not say it
    request_id: str
    followers: tuple[str, ...] = ()  # those that lack it, and why

    @property
    def key(self) -> Key:
        """What the fate of an event is known by."""
        return self.request_id, self.endpoint, self.event

    def shown(self) -> dict[str, Any]:
        """The row as the page gets it."""
        shown = self._asdict()
        del shown["request_id"]
        return shown


def place_of(seq: int) -> tuple[int, int]:
    """The number of a request or message, and a row's place in it."""
    return divmod(seq, PARTS)


def rows_of_exchange(exchange: Exchange, destination: str) -> list[Row]:
    """The events that a request brought; if it was rejected whole, one row for all of it."""
    request, response = exchange.request, exchange.response
    resource, parameters = resource_of(request.path)
    is_lost = is_astray(request, response)
    if not is_lost and (resource not in EVENT_RESOURCES or request.method != "POST"):
        return []
    application = unquote(parameters.get("application-id", ""))
    first = exchange.number * PARTS

    def row(place: int, ids: tuple[str, str], type_: str | None, told: Told) -> Row:
        at, request_id = request.received_ms, request.request_id
        return Row(
            first + place, at, application, *ids, type_, *told, destination, "https", request_id
        )

    if is_lost:
        where = f"{request.method} {unquote(request.path)}"
        return [row(0, ("", ""), None, ("rejected", f"{response.status}: Nothing is at {where}."))]
    answer = json_of(response)
    if "Results" not in answer:
        verdict = "rejected" if response.status < 500 else "failed"
        reason = f"{response.status}: {answer.get('Message', 'the request as a whole')}"
        return [row(0, ("", ""), None, (verdict, reason))]
    asked = batch_item_of(request)
    return [
        row(place, ids, type_of(asked, *ids), told)
        for place, (ids, told) in enumerate(_answers(results_of(answer, asked)))
    ]


def is_astray(request: Request, response: Response) -> bool:
    """Whether somebody has sent something to a place where nothing takes it."""
    is_page = request.path.startswith(("/live/", "/page/"))
    is_nowhere = response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
    found = resource_of(request.path)[0] != ANY_RESOURCE
    return request.method in ("POST", "PUT") and is_nowhere and not found and not is_page


def rows_of_message(sent: Sent, destination: str) -> list[Row]:
    """The events that a producer put on the queue; none if the gateway itself put them there."""
    if (request_id := shown_request_of(sent)) is None:
        return []
    first = sent.number * PARTS
    application, asked = parts_of(sent.message.body)
    parts = list(events_of(asked)) or [("", "")]
    told: Any = ("waiting", None, destination, "queue", request_id)
    return [
        Row(first + place, sent.at, application, *ids, type_of(asked, *ids), *told)
        for place, ids in enumerate(parts)
    ]


def shown_request_of(one: Exchange | Sent) -> str | None:
    """The request or message whose events have their rows here; None if it has none."""
    if isinstance(one, Exchange):
        return one.request.request_id
    is_ours = one.queue == DEAD_LETTERS or is_retry(one.message.attributes)
    return None if is_ours else request_of(one)


def is_retry(attributes: Mapping[str, Any]) -> bool:
    """Whether the gateway itself queued a message: its own say which attempt comes next."""
    return "Attempt" in attributes


def verdict_on(queue: str, attributes: Mapping[str, Any]) -> str:
    """The verdict of the events of a message that is on a queue."""
    if queue == DEAD_LETTERS:
        return "dead"
    return "queued" if is_retry(attributes) else "waiting"


def request_of(sent: Sent) -> str:
    """The request that the events of a message came with, or the message itself."""
    return request_id_of(sent.message.attributes, sent.message_id)


def request_id_of(attributes: Mapping[str, Mapping[str, Any]], message_id: str) -> str:
    """The same of a message's attributes."""
    return str(attributes.get("RequestId", {}).get("StringValue") or message_id)


def arrival_of(attributes: Mapping[str, Mapping[str, Any]]) -> int | None:
    """When a message says that its events came; a producer can write anything there."""
    text = str(attributes.get("ArrivalTimestamp", {}).get("StringValue"))
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def parts_of(body: str) -> tuple[str, dict[str, Any]]:
    """The application and the BatchItem of a message; empty if it holds none."""
    try:
        found = read_json(body)
    except RequestError:
        return "", {}
    application = found.get("ApplicationId")
    application = application if isinstance(application, str) else ""
    if enriched := found.get(ENRICHED_EVENTS):
        try:
            return application, batch_item(application, read_member(enriched))
        except RequestError:
            return application, {}
    return application, as_object(as_object(found.get("EventsRequest")).get("BatchItem"))


def events_of(items: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The ids of all endpoints and their events."""
    for endpoint_id, batch in items.items():
        for event_id in as_object(as_object(batch).get("Events")):
            yield endpoint_id, event_id


def type_of(items: Mapping[str, Any], endpoint_id: str, event_id: str) -> str | None:
    """An event's type as it came, if it has one."""
    event = as_object(event_in(items, endpoint_id, event_id))
    found = event.get("EventType", event.get("event_type"))
    return found if isinstance(found, str) else None


def event_in(items: Mapping[str, Any], endpoint_id: str, event_id: str) -> Any:
    """An event as it came, or None."""
    return as_object(as_object(items.get(endpoint_id)).get("Events")).get(event_id)


def batch_item_of(request: Request) -> dict[str, Any]:
    """What a request brought; empty if it cannot be read."""
    resource, parameters = resource_of(request.path)
    try:
        text = decode(base64.b64encode(request.body).decode(), is_base64=True)
        if resource == ENRICHED_RESOURCE:
            return batch_item(unquote(parameters["application-id"]), read_envelopes(text))
        body = read_json(text)
    except RequestError:
        return {}
    return as_object(body.get("BatchItem"))


def results_of(answer: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The results in an answer by endpoint, of whichever route it is."""
    told: Any = answer.get("Results", {})
    return results(told, asked) if isinstance(told, list) else told


def batch_item_in(one: Exchange | Sent) -> dict[str, Any]:
    """What a request or message brought."""
    if isinstance(one, Sent):
        return parts_of(one.message.body)[1]
    return batch_item_of(one.request)


def json_of(response: Response) -> dict[str, Any]:
    """An answer's JSON, if it is an object."""
    try:
        return as_object(json.loads(response.body))
    except ValueError:
        return {}


def _answers(results: dict[str, Any]) -> Iterator[tuple[tuple[str, str], Told]]:
    for endpoint_id, item in results.items():
        told, events = item["EndpointItemResponse"], item["EventsItemResponse"]
        # An endpoint that failed with its events needs no line beside theirs.
        is_alone = told["StatusCode"] != HTTPStatus.ACCEPTED and not events
        if is_alone or HTTPStatus.BAD_REQUEST <= told["StatusCode"] < 500:
            yield (endpoint_id, ""), _verdict(told)
        for event_id, answer in events.items():
            yield (endpoint_id, event_id), _verdict(answer)


def _verdict(answer: dict[str, Any]) -> Told:
    status = answer["StatusCode"]
    if status == 202:
        return "accepted", None
    return "rejected" if status < 500 else "failed", answer["Message"]
