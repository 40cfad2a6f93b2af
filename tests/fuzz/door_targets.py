"""The doors: whole requests and batches of messages in, answers out, and nothing lost between."""

from typing import Any

from tests.fuzz import bodies_made
from tests.fuzz.bodies_made import Made
from tests.fuzz.choices import Choices
from tests.fuzz.envelopes import Body, api_event, of_bytes, segment, sqs_record
from tests.fuzz.fuzz_lab import Lab, asked_of, body_of
from tests.fuzz.hostile import IDS
from tests.fuzz.outside_queue import can_be_in_sqs
from tests.fuzz.promises_kept import (
    check_answer,
    check_message,
    check_outside,
    check_results,
    ensure,
    held_by,
    parts_asked,
)
from tests.fuzz.readings import asked_of_message


def fuzz_put_events(lab: Lab, data: bytes) -> None:
    """The HTTPS door: API Gateway's events, any path, any encoding."""
    body, known, around = body_of(lab, data, bodies_made.events_request)
    path, is_served = _events_path(around)
    method = around.pick(["POST"] * 13 + ["GET", "PUT", "OPTIONS"])
    status, answer = _call(lab, method, path, body, around)
    if status is None:
        return
    expected = asked_of(body)
    if not is_served or method != "POST":
        ensure(status in (404, 405, 400), "a path that is not served", path, status)
    elif status == 202:
        ensure(expected.status in (None, 202), "taken", body.text)
        check_results(answer["Results"], expected, known, lab.outside)
    else:
        ensure(status in (400, 413, 415), "a status of its own", status, answer)
        ensure(
            expected.status in (None, status) or status == 413, "rejected whole", answer, body.text
        )
        ensure(not lab.outside.calls["deliver"], "delivered and rejected whole", answer)
    if expected.status == 202 and is_served and method == "POST":
        ensure(status in (202, 413), "rejected whole", status, answer)


def _events_path(around: Choices) -> tuple[str, bool]:
    if not around.rarely(8):
        return around.pick(
            [
                "/v1/apps/my-app/events",
                "/v1/apps/other-app/events/legacy",
                "//v1/apps/my-app/events",
            ]
        ), True
    bad = segment(around.pick(IDS))
    return around.pick([f"/v1/apps/{bad}/events", "/", f"/{bad}", "/v1/apps/%ff/events"]), False


def _call(lab: Lab, method: str, path: str, body: Body, around: Choices, success: int = 202) -> Any:
    response = lab.api(api_event(method, path, body, around), lab.context)
    lab.end()
    if method == "OPTIONS" and response["statusCode"] == 204:
        return None, None
    status, answer = check_answer(response, success=success)
    # An endpoint that stands twice in a batch is updated twice.
    check_outside(lab.outside, messages=1 if method == "POST" else 50)
    return status, answer


def fuzz_endpoints(lab: Lab, data: bytes) -> None:
    """The calls about endpoints: an update, a batch of updates, reads and deletions."""
    around, _, _ = lab.begin(data)
    kind, id_ = around.below(8), around.pick(IDS)
    if kind < 5:
        _update(lab, data, id_, is_batch=kind > 2)
        return
    path = around.pick(
        [
            f"endpoints/{segment(id_)}",
            f"users/{segment(id_)}",
            f"endpoints/{segment(id_)}/inappmessages",
        ]
    )
    method = around.pick(["GET", "DELETE", "PATCH"])
    success = 202 if method == "DELETE" else 200
    status, _ = _call(lab, method, f"/v1/apps/my-app/{path}", of_bytes(b""), around, success)
    ensure(
        status in (success, 400, 404, 405) or (status == 500 and lab.outside.mood == 6),
        "a read",
        status,
    )


def _update(lab: Lab, data: bytes, id_: str, *, is_batch: bool) -> None:
    make = bodies_made.endpoint_batch if is_batch else bodies_made.endpoint
    body, known, around = body_of(lab, data, make)
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
    made = [m for m in made if can_be_in_sqs(m.text)]
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
