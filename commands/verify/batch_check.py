"""Check what ten messages of nearly 1 MiB become, which Lambda may not take as one batch."""

from commands.plain_text import counted
from commands.verify.endings import CheckFailedError, NotRunError
from commands.verify.subject import Subject
from commands.verify.waiting import wait_for

MESSAGES = 10
TITLE = "x" * 1_000_000
SECONDS = 900


def large_batch(subject: Subject) -> str:
    """All ten arrive, and none is dead-lettered."""
    if not subject.large:
        raise NotRunError("it sends 10 MB: ask for it with --large")
    subject.require_lake()
    dead = _dead(subject)
    ids = [f"{subject.event_id}-large-{number}" for number in range(MESSAGES)]
    sqs = subject.aws("sqs")
    for event_id in ids:
        body = subject.message(event_id, AppTitle=TITLE)
        sqs.send_message(QueueUrl=subject.outputs["QueueUrl"], MessageBody=body)
    seconds = SECONDS if subject.wait_seconds is None else subject.wait_seconds
    wait_for("ten large messages", seconds, lambda: _stored(subject) == MESSAGES)
    if (stored := _stored(subject)) != MESSAGES or _dead(subject) > dead:
        raise CheckFailedError(
            f"{stored} of {MESSAGES} stored, {counted(_dead(subject) - dead, 'dead letter')}"
        )
    return f"{MESSAGES} messages of 1 MB stored"


def _stored(subject: Subject) -> int:
    [row] = subject.query(
        "SELECT count(DISTINCT event_id) AS stored FROM recent_events"  # noqa: S608 - our own names
        f" WHERE application_id = '{subject.application_id}'"
        f" AND event_id LIKE '{subject.event_id}-large-%'"
    )
    return int(row["stored"] or 0)


def _dead(subject: Subject) -> int:
    answer = subject.aws("sqs").get_queue_attributes(
        QueueUrl=subject.outputs["DeadLetterQueueUrl"],
        AttributeNames=["ApproximateNumberOfMessages"],
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])
