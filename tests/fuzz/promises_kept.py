"""The promises of README.md, checked on an answer by the books of what is outside."""

import json
from typing import Any

from tests.fuzz.bodies_made import Known, Part
from tests.fuzz.outside import Outside
from tests.fuzz.outside_queue import DEAD
from tests.fuzz.readings import Asked, parts_of

LAMBDA_BYTES = 6_291_556
_OK = {"StatusCode": 202, "Message": "Accepted"}
_ERRORS = {
    400: "BadRequestException", 404: "NotFoundException", 405: "MethodNotAllowedException",
    413: "PayloadTooLargeException", 415: "UnsupportedMediaTypeException",
    500: "InternalServerErrorException",
}  # fmt: skip


class BrokenPromiseError(AssertionError):
    """What the fuzzer looks for."""


def ensure(holds: object, what: str, *about: object) -> None:
    """Raise BrokenPromiseError unless something holds."""
    if not holds:
        raise BrokenPromiseError(f"{what}: {repr(about)[:4000]}")


def check_answer(response: Any, *, success: int = 202) -> tuple[int, Any]:
    """Return status and body of an answer that is one of DESIGN's table and fits into Lambda's."""
    written = json.dumps(response)
    ensure(len(written.encode()) <= LAMBDA_BYTES, "an answer too large", len(written))
    status, headers = response["statusCode"], response["multiValueHeaders"]
    ensure(response["isBase64Encoded"] is False, "an encoded answer", response)
    ensure(headers["Content-Type"] == ["application/json"], "no JSON", headers)
    body = json.loads(response["body"])
    if status != success:
        ensure(status in _ERRORS, "an unknown status", status)
        ensure(headers["x-amzn-ErrorType"] == [_ERRORS[status]], "another type", status, headers)
        ensure(body.keys() == {"Message", "RequestID"}, "another shape", body)
        ensure(isinstance(body["Message"], str) and body["Message"], "no message", body)
        ensure(len(body["Message"]) < 4000, "a long message", body)
        ensure(body["RequestID"] == "request-1", "another request", body)
    return status, body


def answers_of(results: Any) -> dict[Part, Any]:
    """Return what is said of each part, after a look at the shape."""
    found: dict[Part, Any] = {}
    for endpoint_id, item in results.items():
        ensure(item.keys() == {"EndpointItemResponse", "EventsItemResponse"}, "a wrong item", item)
        found[endpoint_id, None] = item["EndpointItemResponse"]
        found |= {(endpoint_id, i): said for i, said in item["EventsItemResponse"].items()}
    for part, said in found.items():
        ensure(said.keys() == {"StatusCode", "Message"}, "a wrong answer", part, said)
        code, message = said["StatusCode"], said["Message"]
        ensure(isinstance(message, str) and message, "no message", part, said)
        is_known = code in (202, 500) or (400 <= code < 500 and code != 429)
        ensure(is_known, "a wrong code", part, said)
        ensure((code == 202) == (message == "Accepted"), "not to the letter", part, said)
        ensure(code == 202 or message.lower() != "accepted", "reads as accepted", part, said)
    return found


def parts_asked(asked: Asked) -> set[Part]:
    """Return the parts that a body asks for."""
    return {(e, i) for e, events in asked.ids.items() for i in (None, *events)}


def check_results(results: Any, asked: Asked, known: Known | None, outside: Outside) -> None:
    """Hold the answers for all parts of a request against what became of each."""
    said = answers_of(results)
    if asked.status is not None:
        ids = parts_asked(asked)
        ensure(said.keys() == ids, "promise 4: other ids", said.keys() ^ ids)
    queued = held_by(outside, but=DEAD)
    for part, answer in said.items():
        code = answer["StatusCode"]
        is_held = _is_held(part, asked, outside, queued)
        if code == 202:
            ensure(is_held, "promise 1: accepted and held by nobody", part)
        elif code == 500:
            ensure(outside.queue_failed or outside.is_late, "promise 2: 500 of a well queue", part)
            ensure(part not in outside.confirmed, "promise 2: 500 of a delivered part", part)
        else:
            ensure(part not in queued, "promise 5: rejected and queued", part)
            ensure(part not in outside.confirmed, "promise 5: rejected and delivered", part)
        is_good = known and known.get(part)
        if is_good:
            ensure(
                code in (202, 500) or part in outside.rejected,
                "promise 2: a good part",
                part,
                answer,
            )
            ensure(code == 202 or not outside.is_well, "promise 3: a good part", part, answer)
        elif is_good is False:
            ensure(code == 400, "a bad part is accepted", part, answer)
    check_outside(outside, messages=1)


def check_message(
    body: str, asked: Asked, known: Known | None, outside: Outside, others: set[Part]
) -> None:
    """A message that left the queue was delivered, queued again, or kept for a person, all of it.

    Parts that `others` asked for too are not told apart.
    """
    if (DEAD, body) in outside.sent:
        is_bad = not known or not any(known.values()) or _is_own_dead_letter(asked, known)
        ensure(is_bad or not outside.is_well, "a good message is dead", known)
        delivered = (parts_asked(asked) - others) & outside.confirmed.keys()
        events = {part for part in delivered if part[1] is not None}
        ensure(not events, "promise 5: delivered, and dead with the rest of its message", events)
        return
    if any(sent == body for _, sent in outside.sent):
        return  # sent again as it was
    ensure(asked.status != 400, "a message vanished", body)
    if asked.status is None:
        return
    queued, dead = held_by(outside, but=DEAD), held_by(outside, only=DEAD)
    dead |= {part for part, _ in outside.kept}
    for part in parts_asked(asked) - others:
        is_rejected = part in dead or _exists(part, asked, dead)
        is_good = known and known.get(part)
        is_held = _is_held(part, asked, outside, queued)
        ensure(is_rejected or is_held, "a part vanished", part, known)
        if is_good is False:
            ensure(is_rejected, "a bad part is not kept", part)
            ensure(part not in queued, "promise 5: a bad part is queued", part)
        elif is_good and outside.is_well:
            ensure(part in outside.confirmed, "promise 3: a good part is not delivered", part)


def _is_own_dead_letter(asked: Asked, known: Known) -> bool:
    """Whether a message has bad parts, and good ones of which a dead letter says nothing too.

    It may read as the dead letter of its bad parts does.
    """
    good = {part for part, is_good in known.items() if is_good}
    return False in known.values() and good <= {(id_, None) for id_ in asked.silent}


def check_outside(outside: Outside, messages: int) -> None:
    """Hold what was asked of the outside against what it may be asked."""
    ensure(not outside.wrong, "what SQS would not take", outside.wrong)
    # Halves of a call that failed whole are tried again.
    most = 1 if messages == 1 else 2 * messages
    ensure(outside.calls["deliver"] <= most, "promise 7: calls", outside.calls)
    if messages == 1:
        queued = held_by(outside, but=DEAD)
        for part in queued:
            is_twice = part[1] is not None and part in outside.confirmed
            ensure(not is_twice, "promise 5: delivered and queued", part)
            ensure(part not in outside.rejected, "promise 5: rejected and queued", part)


def held_by(outside: Outside, only: str = "", but: str = "") -> set[Part]:
    """Return the parts that SQS confirmed, on one queue or on all but one."""
    found: set[Part] = set()
    for url, body in outside.sent:
        if url != but and (not only or url == only):
            found |= _parts(body)
    return found


def _parts(body: str) -> set[Part]:
    try:
        return parts_of(body)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return set()  # a producer's own text


def _is_held(part: Part, asked: Asked, outside: Outside, queued: set[Part]) -> bool:
    if part in outside.confirmed or part in queued:
        return True
    return _exists(part, asked, queued) or _exists(part, asked, set(outside.confirmed))


def _exists(part: Part, asked: Asked, held: set[Part]) -> bool:
    """Whether an endpoint of which nothing is said exists, as its events show."""
    endpoint_id, event_id = part
    is_silent = event_id is None and endpoint_id in asked.silent
    return is_silent and any(e == endpoint_id for e, _ in held)
