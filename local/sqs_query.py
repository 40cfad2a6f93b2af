"""The query protocol, which SQS clients spoke before JSON: form parameters in, XML out."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, SubElement, tostring

from local.http_messages import Request, Response
from local.sqs import SqsApi
from local.sqs_shapes import SqsError

NAMESPACE = "http://queue.amazonaws.com/doc/2012-11-05/"
# Where an item of a list or a map has a name of its own: in a request, and in a response.
LISTS = {
    "SendMessageBatchRequestEntry": "Entries",
    "DeleteMessageBatchRequestEntry": "Entries",
    "ChangeMessageVisibilityBatchRequestEntry": "Entries",
}
MAPS = {"MessageAttribute": "MessageAttributes"}
RESPONSE_LISTS = {"Messages": "Message", "Failed": "BatchResultErrorEntry"}
RESPONSE_MAPS = {"Attributes": "Attribute", "MessageAttributes": "MessageAttribute"}
# Error codes that are not the names of the exceptions.
PREFIX = "AWS.SimpleQueueService."
CODES = {
    "QueueDoesNotExist": f"{PREFIX}NonExistentQueue",
    **{
        code: f"{PREFIX}{code}"
        for code in (
            "BatchEntryIdsNotDistinct",
            "BatchRequestTooLong",
            "EmptyBatchRequest",
            "TooManyEntriesInBatchRequest",
            "UnsupportedOperation",
        )
    },
}


def query_response(sqs: SqsApi, action: str, request: Request) -> Response:
    """Perform an action that is asked for in the query protocol."""
    try:
        given = {"QueueUrl": request.path, **members(request.body)}
        root = Element(f"{action}Response", xmlns=NAMESPACE)
        _fill(SubElement(root, f"{action}Result"), action, sqs.perform(action, given))
        SubElement(SubElement(root, "ResponseMetadata"), "RequestId").text = request.request_id
        return _xml_response(HTTPStatus.OK, root)
    except SqsError as error:
        return _xml_response(error.status, _error(error, request.request_id))


def members(body: bytes) -> dict[str, Any]:
    """Read the parameters of an action into the members of its input; raises SqsError."""
    try:
        parameters = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise SqsError("MalformedQueryString", str(error)) from None
    return _members(_nested(parameters))


def _nested(parameters: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Turn `a.1.b` = c into {"a": {"1": {"b": "c"}}}."""
    root: dict[str, Any] = {}
    for name, value in parameters:
        *path, last = name.split(".")
        place = root
        for step in path:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise SqsError("MalformedQueryString", f"{name} is inside of a value.")
        if last in place:
            raise SqsError("MalformedQueryString", f"{name} is there twice.")
        place[last] = value
    return root


def _members(given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name in LISTS:
            found[LISTS[name]] = [_members(item) for item in _numbered(name, value)]
        elif name in MAPS:
            found[MAPS[name]] = _map(name, value)
        elif name in LISTS.values():  # SDKs write an empty list in this way
            found[name] = []
        else:
            found[name] = value
    return found


def _map(name: str, value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in _numbered(name, value):
        key = entry.get("Name")
        if not isinstance(key, str) or key in found:
            raise SqsError("InvalidParameterValue", f"{name}: each has a Name of its own.")
        found[key] = entry.get("Value")
    return found


def _numbered(name: str, value: Any) -> list[dict[str, Any]]:
    """Return the items of a list in the order of their numbers."""
    items = value if isinstance(value, dict) else {"": value}
    if not all(n.isdecimal() and len(n) < 10 and isinstance(items[n], dict) for n in items):
        raise SqsError("MalformedQueryString", f"{name} is followed by numbers and members.")
    return [items[number] for number in sorted(items, key=int)]


def _fill(parent: Element, action: str, found: dict[str, Any]) -> None:
    tags = {**RESPONSE_LISTS, "Successful": f"{action}ResultEntry"}
    for name, value in found.items():
        if name in tags:
            for item in value:
                _fill(SubElement(parent, tags[name]), action, item)
        elif name in RESPONSE_MAPS:
            for key, item in value.items():
                entry = SubElement(parent, RESPONSE_MAPS[name])
                SubElement(entry, "Name").text = key
                _put(SubElement(entry, "Value"), action, item)
        else:
            _put(SubElement(parent, name), action, value)


def _put(element: Element, action: str, value: Any) -> None:
    if isinstance(value, dict):
        _fill(element, action, value)
    else:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)


def _error(error: SqsError, request_id: str) -> Element:
    root = Element("ErrorResponse", xmlns=NAMESPACE)
    said = SubElement(root, "Error")
    SubElement(said, "Type").text = "Sender" if error.status < 500 else "Receiver"
    SubElement(said, "Code").text = CODES.get(error.code, error.code)
    # What XML cannot hold may be in a name that was sent.
    text = "".join(c if c.isprintable() else "?" for c in str(error))
    SubElement(said, "Message").text = text
    SubElement(root, "RequestId").text = request_id
    return root


def _xml_response(status: int, root: Element) -> Response:
    # A bare carriage return would be read as a line feed, and the message's digest be another.
    text = tostring(root, encoding="unicode").replace("\r", "&#13;")
    return Response(status, [("content-type", "text/xml")], text.encode())
