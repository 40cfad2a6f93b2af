"""Checks of the lake: the marked event arrives, and Athena reads it as it was sent."""

from datetime import UTC, datetime, timedelta
from functools import partial

from commands.verify.athena_rows import Row
from commands.verify.endings import CheckFailedError
from commands.verify.subject import ATTRIBUTES, Subject
from commands.verify.waiting import wait_for
from infra.tables import VIEWS

# Beside what Firehose collects for: it writes, and S3 lists.
SLACK_SECONDS = 180


def views(subject: Subject) -> str:
    """Each view has the event, once."""
    for view in VIEWS:
        ask = partial(_found, subject, view)
        found = wait_for(f"the event in {view}", _seconds(subject), ask)
        if len(found) != 1:
            raise CheckFailedError(f"{view} has the event {len(found)} times")
    return f"once in each of {', '.join(VIEWS)}"


def case_of_keys(subject: Subject) -> str:
    """Two keys that differ in case only are two keys."""
    [row] = _found(subject, "raw_events")[:1] or [{}]
    seen = {key: row.get(f"key_{number}") for number, key in enumerate(ATTRIBUTES)}
    if seen != ATTRIBUTES:
        raise CheckFailedError(f"sent {ATTRIBUTES}, read {seen}")
    return f"{', '.join(ATTRIBUTES)} are two keys"


def partitions(subject: Subject) -> str:
    """A range of days, which are texts, is read by partition projection, and no other day is."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    within = _found(subject, "raw_events", f"day >= '{yesterday}'")
    before = _found(subject, "raw_events", f"day < '{yesterday}'")
    if not within or before:
        raise CheckFailedError(
            f"{len(within)} rows since {yesterday}, {len(before)} rows before it"
        )
    return f"found since {yesterday}, not before"


def _seconds(subject: Subject) -> int:
    if subject.wait_seconds is not None:
        return subject.wait_seconds
    subject.require_lake()
    buffers = [
        d["ExtendedS3DestinationDescription"]["BufferingHints"]["IntervalInSeconds"]
        for stream in subject.streams
        for d in stream["Destinations"]
    ]
    return max(buffers, default=0) + SLACK_SECONDS


def _found(subject: Subject, table: str, condition: str = "TRUE") -> list[Row]:
    keys = ", ".join(f"attributes['{key}'] AS key_{n}" for n, key in enumerate(ATTRIBUTES))
    return subject.query(
        f"SELECT event_id, {keys} FROM {table} WHERE {condition}"  # noqa: S608 - our own names
        f" AND application_id = '{subject.application_id}' AND event_id = '{subject.event_id}'"
    )
