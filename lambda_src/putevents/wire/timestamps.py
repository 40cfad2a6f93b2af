"""Timestamps: what is taken as one, how it is written on, and as Unix time."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator

from putevents.wire.rules import Rule, broken

NO_DATE = "Timestamp should be a date in ISO 8601 format with Z or +hh:mm."
_HOUR_AND_MINUTE = "([01][0-9]|2[0-3]):[0-5][0-9]"
_TO_MINUTE, _TO_SECOND = len("2026-11-25T14:42"), len("2026-11-25T14:42:00")
_parsed = datetime.fromisoformat  # looked up once: each event has two dates


def _with_zone(text: str) -> str:
    try:
        _parsed(text)
    except ValueError:  # the 30th of February
        raise broken(NO_DATE) from None
    if text[-1] == "Z" and len(text) > _TO_SECOND:  # as nearly every client writes it
        return text
    if len(text) == _TO_MINUTE or text[_TO_MINUTE] != ":":
        text = f"{text[:_TO_MINUTE]}:00{text[_TO_MINUTE:]}"
    return text if text[-1] == "Z" or text[-6] in "+-" else text + "Z"


# AWS's own samples leave the zone away (Python's isoformat()) or the seconds (its Java examples):
# the first is read as UTC, and both are written in full. The service rejected `+0000` without a
# colon; Flutter sends six digits of a second's fraction.
Timestamp = Annotated[
    str,
    Rule(
        NO_DATE,
        pattern=f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_HOUR_AND_MINUTE}"
        rf"(:[0-5][0-9](\.[0-9]{{1,9}})?)?(Z|[+-]{_HOUR_AND_MINUTE})?$",
    ),
    AfterValidator(_with_zone),
]


def milliseconds(timestamp: str) -> int:
    """A timestamp as Unix time in whole milliseconds, smaller fractions cut off."""
    return _since_epoch(timestamp) // timedelta(milliseconds=1)


def microseconds(timestamp: str) -> int:
    """A timestamp as Unix time in whole microseconds, smaller fractions cut off."""
    return _since_epoch(timestamp) // timedelta(microseconds=1)


def _since_epoch(timestamp: str) -> timedelta:
    """One without a zone, which no checked timestamp is, counts as UTC."""
    moment = datetime.fromisoformat(timestamp)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment - _EPOCH


_EPOCH = datetime.fromtimestamp(0, UTC)
