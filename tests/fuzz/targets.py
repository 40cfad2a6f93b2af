"""What is fuzzed: each target takes bytes, runs one case, and raises if a promise is broken.

The first byte says whether a body is made from choices (even) or stands in the bytes (odd), the next
fifteen how everything around it behaves, and the rest is the body, or its choices.
"""

from collections.abc import Callable
from typing import Any

from putevents.api_handler import ApiHandler
from putevents.breaker import Breaker
from putevents.errors import RequestError
from putevents.gateway import Gateway
from putevents.ingest import Submission, ingest
from putevents.ingest.validate import leave_out
from putevents.queue.retry import RetryQueue
from putevents.queue_handler import QueueHandler
from putevents.time_left import TimeLeft
from putevents.wire.body import decode, parse
from putevents.wire.json_object import read_json
from putevents.wire.schemas import EventsRequest
from tests.fuzz import bodies_made
from tests.fuzz.bodies_made import Made
from tests.fuzz.choices import Choices
from tests.fuzz.envelopes import MAX_REQUEST_BYTES, Body, api_event, encoded, of_bytes, segment, sqs_record
from tests.fuzz.hostile import IDS
from tests.fuzz.log_lines import LogLines
from tests.fuzz.outside import NOT_IN_SQS, Outside
from tests.fuzz.promises_kept import (
    check_answer,
    check_message,
    check_outside,
    check_results,
    ensure,
    held_by,
    parts_asked,
)
from tests.fuzz.readings import Asked, asked, asked_of_message
from tests.unit.doors import ARRIVAL, Context, LateContext, settings

HEAD = 16
_APP = "my-app"


class Lab:
    """One gateway, and what is outside of it, for every case of a target."""

    def __init__(self) -> None:
        self.outside, queue = Outside(), RetryQueue(settings())
        vars(queue)["_client"] = self.outside
        self.gateway = Gateway(settings(), self.outside, queue, Breaker(seconds=30))
        self.api, self.queue = ApiHandler(self.gateway), QueueHandler(self.gateway)
        self.log = LogLines()

    def begin(self, data: bytes) -> tuple[Choices, bytes, bool]:
        """Return what is around a body, the bytes of it, and whether it is made from choices."""
        around = Choices(data[1:HEAD])
        self.outside.reset(around)
        for application_id in ("my-app", "other-app"):
            self.gateway.breaker.close(application_id)
        return around, data[HEAD:], not (data[0] & 1 if data else 0)

    @property
    def context(self) -> Any:
        return LateContext() if self.outside.is_late else Context()

    def end(self) -> None:
        """Look through the log."""
        self.log.check(answers_are_garbage=self.outside.mood == 7)


def _body(
    lab: Lab, data: bytes, make: Callable[[Choices], Made]
) -> tuple[Body, bodies_made.Known | None, Choices]:
    around, rest, is_made = lab.begin(data)
    if not is_made:
        return of_bytes(rest), None, around
    made = make(Choices(rest))
    body = encoded(made.text, around)
    return body, made.known if body.text == made.text else None, around


def _asked(body: Body) -> Asked:
    if body.text is None:
        return Asked(None, {})
    is_large = len(body.text) * 4 > MAX_REQUEST_BYTES and len(body.text.encode()) > MAX_REQUEST_BYTES
    return Asked(413, {}) if is_large else asked(body.text)


def fuzz_parse(lab: Lab, data: bytes) -> None:
    """From a body to parts: every id is there, good parts are taken and bad ones are not."""
    body, known, _ = _body(lab, data, bodies_made.events_request)
    expected = _asked(body)
    try:
        request = parse(decode(body.data, is_base64=body.is_base64), EventsRequest)
    except RequestError as error:
        ensure(body.text is None or expected.status in (None, 400, 413), "rejected", error, body.text)
        ensure(len(str(error)) < 400, "a long message", error)
        return
    ensure(expected.status in (None, 202), "taken", body.text)
    ids = {e: set(getattr(batch, "events", ())) for e, batch in request.batch_item.items()}
    ensure(expected.status is None or ids == expected.ids, "other ids", ids, expected.ids)
    for (endpoint_id, event_id), is_good in (known or {}).items():
        batch: Any = request.batch_item[endpoint_id]
        part = batch
        if hasattr(batch, "events"):
            part = batch.endpoint if event_id is None else batch.events[event_id]
        if is_good:
            if event_id is None:
                leave_out(part)
            ensure(hasattr(part, "wire"), "a good part is rejected", endpoint_id, event_id, part)
            again = type(part).model_validate_json(part.wire, strict=True)
            ensure(again.wire == part.wire, "another part once it is written", part.wire)


def fuzz_ingest(lab: Lab, data: bytes) -> None:
    """From parts to answers, over a destination and a queue that do anything."""
    body, known, _ = _body(lab, data, bodies_made.events_request)
    try:
        text = decode(body.data, is_base64=body.is_base64)
        request = parse(text, EventsRequest)
    except RequestError:
        return
    time_left = TimeLeft.of(lab.context)
    submission = Submission(_APP, request, len(text), ARRIVAL, raw=lambda: read_json(text))
    ingest(lab.gateway, [submission], time_left)
    ensure(not submission.failure or isinstance(submission.failure, RequestError), "failed", submission.failure)
    if not submission.failure:
        check_results(submission.results, _asked(body), known, lab.outside)
    lab.end()


def fuzz_put_events(lab: Lab, data: bytes) -> None:
    """The HTTPS door: API Gateway's events, any path, any encoding."""
    body, known, around = _body(lab, data, bodies_made.events_request)
    path, is_served = _events_path(around)
    method = around.pick(["POST"] * 13 + ["GET", "PUT", "OPTIONS"])
    status, answer = _call(lab, method, path, body, around)
    if status is None:
        return
    expected = _asked(body)
    if not is_served or method != "POST":
        ensure(status in (404, 405, 400), "a path that is not served", path, status)
    elif status == 202:
        ensure(expected.status in (None, 202), "taken", body.text)
        check_results(answer["Results"], expected, known, lab.outside)
    else:
        ensure(status in (400, 413, 415), "a status of its own", status, answer)
        ensure(expected.status in (None, status) or status == 413, "rejected whole", answer, body.text)
        ensure(not lab.outside.calls["deliver"], "delivered and rejected whole", answer)
    if expected.status == 202 and is_served and method == "POST":
        ensure(status in (202, 413), "rejected whole", status, answer)


def _events_path(around: Choices) -> tuple[str, bool]:
    if not around.rarely(8):
        return around.pick(["/v1/apps/my-app/events", "/v1/apps/other-app/events/legacy", "//v1/apps/my-app/events"]), True
    bad = segment(around.pick(IDS))
    return around.pick([f"/v1/apps/{bad}/events", "/", f"/{bad}", "/v1/apps/%ff/events"]), False


def _call(lab: Lab, method: str, path: str, body: Body, around: Choices, success: int = 202) -> Any:
    response = lab.api(api_event(method, path, body, around), lab.context)
    lab.end()
    if method == "OPTIONS" and response["statusCode"] == 204:
        return None, None
    status, answer = check_answer(response, success=success)
    # An endpoint that stands twice in a batch is updated twice.
    check_outside(lab.outside, messages=1 if method == "POST" else 100)
    return status, answer


def fuzz_endpoints(lab: Lab, data: bytes) -> None:
    """The calls about endpoints: an update, a batch of updates, reads and deletions."""
    around, _, _ = lab.begin(data)
    kind, id_ = around.below(8), around.pick(IDS)
    if kind < 5:
        _update(lab, data, id_, is_batch=kind > 2)
        return
    path = around.pick([f"endpoints/{segment(id_)}", f"users/{segment(id_)}", f"endpoints/{segment(id_)}/inappmessages"])
    method = around.pick(["GET", "DELETE", "PATCH"])
    success = 202 if method == "DELETE" else 200
    status, _ = _call(lab, method, f"/v1/apps/my-app/{path}", of_bytes(b""), around, success)
    ensure(status in (success, 400, 404, 405) or status == 500 and lab.outside.mood == 6, "a read", status)


def _update(lab: Lab, data: bytes, id_: str, *, is_batch: bool) -> None:
    make = bodies_made.endpoint_batch if is_batch else bodies_made.endpoint
    body, known, around = _body(lab, data, make)
    path = "/v1/apps/my-app/endpoints" + ("" if is_batch else f"/{segment(id_)}")
    status, answer = _call(lab, "PUT", path, body, around)
    outside = lab.outside
    held = {*outside.confirmed, *held_by(outside)}
    if status == 500:
        ensure(outside.queue_failed or outside.is_late, "promise 2: 500 of a well queue", answer)
    if known is None:
        return
    if is_batch:
        all_good = len(known) > 0 and all(known.values())
        count = len(held)
    else:
        all_good = bodies_made.is_endpoint_id(id_) and bool(known["", None])
        count = (id_, None) in held
    if all_good and outside.is_well:
        ensure(status == 202, "promise 2: a good update", status, answer)
    if status == 202:
        ensure(all_good or not known, "a bad update is accepted", body.text)
        ensure(count or is_batch, "promise 1: accepted and held by nobody", id_)
        ensure(bool(count) == bool(known), "promise 1: accepted and held by nobody", id_)


def fuzz_queue(lab: Lab, data: bytes) -> None:
    """The SQS door: batches of messages, of which none may vanish."""
    around, rest, is_made = lab.begin(data)
    choices, made = Choices(rest), []
    if is_made:
        made = [bodies_made.queue_message(choices) for _ in range(1 + around.below(4))]
    else:
        made = [Made(part.decode("utf-8", "replace"), None) for part in rest.split(b"\n\n")[:4]]
    made = [m for m in made if m.text and not NOT_IN_SQS.search(m.text)]
    records = [sqs_record(m.text, place, around) for place, m in enumerate(made)]
    answer = lab.queue({"Records": records}, lab.context)
    lab.end()
    stay = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
    ensure(answer.keys() == {"batchItemFailures"}, "another shape", answer)
    ensure(set(stay) <= {f"m{n}" for n in range(len(made))}, "unknown messages", stay)
    check_outside(lab.outside, messages=len(made))
    is_well = lab.outside.is_well and lab.outside.queue_is_well
    ensure(not stay or not is_well, "a message stays though all is well", stay)
    expected = [asked_of_message(m.text)[1] for m in made]
    for place, (text, known) in enumerate(made):
        if f"m{place}" not in stay:
            others = [parts_asked(e) for n, e in enumerate(expected) if n != place]
            check_message(text, expected[place], known, lab.outside, set().union(*others))


TARGETS: dict[str, Callable[[Lab, bytes], None]] = {
    "parse": fuzz_parse,
    "ingest": fuzz_ingest,
    "put-events": fuzz_put_events,
    "endpoints": fuzz_endpoints,
    "queue": fuzz_queue,
}
