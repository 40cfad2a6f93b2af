"""One dead letter as it is listed, whatever it holds."""

import base64
import json
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

NO_REASON = "SQS gave it up: the function never came to an end with it."
MAX_CELL = 120  # characters of a text in the table


class DeadLetter(NamedTuple):
    """One dead letter: when, why, how many events, of which application."""

    DeadSince: str
    ArrivedAt: str
    Attempt: int
    Events: int | None
    ApplicationId: str | None
    Reason: str
    RequestId: str | None
    MessageId: str
    Body: str
    Attributes: dict[str, str]

    @classmethod
    def of(cls, message: Any) -> Self:
        """Read a message as SQS gives it; its body may be anything."""
        attributes = {n: _text(value) for n, value in message.get("MessageAttributes", {}).items()}
        sent = _number(message.get("Attributes", {}).get("SentTimestamp", ""))
        application_id, events = _content(message["Body"])
        return cls(
            DeadSince=_date(sent),
            ArrivedAt=_date(_number(attributes.get("ArrivalTimestamp", "")) or sent),
            Attempt=_number(attributes.get("Attempt", "")),
            Events=events,
            ApplicationId=application_id,
            Reason=attributes.get("Reason", NO_REASON),
            RequestId=attributes.get("RequestId"),
            MessageId=message["MessageId"],
            Body=message["Body"],
            Attributes=attributes,
        )

    @property
    def row(self) -> tuple[str, ...]:
        """Its cells in the table."""
        events = "?" if self.Events is None else str(self.Events)
        application_id = _cut(self.ApplicationId or "?")
        attempt = str(self.Attempt)
        toward = self.Attributes.get("Destinations")  # those that lack it, where there are several
        reason = _cut(f"for {toward}: {self.Reason}" if toward else self.Reason)
        return self.DeadSince, self.ArrivedAt, attempt, events, application_id, reason


def _content(body: str) -> tuple[str | None, int | None]:
    """The application and how many events a body holds, as far as it can be read."""
    try:
        message = json.loads(body)
        batches = message["EventsRequest"]["BatchItem"].values()
        events = sum(len(batch.get("Events") or {}) for batch in batches)
        return str(message["ApplicationId"]), events
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None, None


def _text(value: Any) -> str:
    """The value of an attribute, which a producer may have sent as bytes."""
    binary = value.get("BinaryValue")
    return value.get("StringValue", "") if binary is None else base64.b64encode(binary).decode()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 15 else 0


def _date(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CELL else f"{text[: MAX_CELL - 1]}…"
