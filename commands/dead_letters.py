"""`dead-letters`: list what is in the dead-letter queue of a deployed stack, and leave it there."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TextIO

import boto3
import click

from commands.deployed import EXIT_CODES, aws_errors, outputs, stack_option
from commands.terminal import table

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# How long a message is hidden from other receivers while all are being listed.
HIDE_SECONDS = 300
NO_REASON = "SQS gave it up: the function never came to an end with it."
COLUMNS = ("dead since", "arrived", "tries", "events", "application", "why")
NUMBERS = (2, 3)  # of the columns
EPILOG = f'With make:  make dead-letters OPTIONS="--export FILE"\n{EXIT_CODES}'


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

    @classmethod
    def of(cls, message: Any) -> Self:
        """Read a message as SQS gives it; its body may be anything."""
        found = message.get("MessageAttributes", {})
        attributes = {name: value.get("StringValue", "") for name, value in found.items()}
        sent = message["Attributes"]["SentTimestamp"]
        application_id, events = _content(message["Body"])
        return cls(
            DeadSince=_date(sent),
            ArrivedAt=_date(attributes.get("ArrivalTimestamp", sent)),
            Attempt=int(attributes.get("Attempt", 0)),
            Events=events,
            ApplicationId=application_id,
            Reason=attributes.get("Reason", NO_REASON),
            RequestId=attributes.get("RequestId"),
            MessageId=message["MessageId"],
            Body=message["Body"],
        )

    @property
    def row(self) -> tuple[str, ...]:
        """Its cells in the table."""
        events = "?" if self.Events is None else str(self.Events)
        application_id = self.ApplicationId or "?"
        attempt = str(self.Attempt)
        return self.DeadSince, self.ArrivedAt, attempt, events, application_id, self.Reason


def received(sqs: "SQSClient", url: str) -> Iterator[DeadLetter]:
    """Every message of the queue once; at the end all can be seen again."""
    hidden: dict[str, str] = {}
    try:
        while messages := _receive(sqs, url):
            new = [m for m in messages if m["MessageId"] not in hidden]
            hidden |= {m["MessageId"]: m["ReceiptHandle"] for m in messages}
            yield from map(DeadLetter.of, new)
    finally:
        handles = list(hidden.values())
        for first in range(0, len(handles), 10):
            entries: Any = [
                {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                for number, handle in enumerate(handles[first : first + 10])
            ]
            sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)


def _receive(sqs: "SQSClient", url: str) -> Any:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=HIDE_SECONDS,
        WaitTimeSeconds=1,  # any, so that all of SQS's servers are asked
        AttributeNames=["SentTimestamp"],
        MessageAttributeNames=["All"],
    )
    return answer.get("Messages", [])


def _content(body: str) -> tuple[str | None, int | None]:
    """The application and how many events a body holds, as far as it can be read."""
    try:
        message = json.loads(body)
        batches = message["EventsRequest"]["BatchItem"].values()
        return str(message["ApplicationId"]), sum(len(batch["Events"]) for batch in batches)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None, None


def _date(milliseconds: str) -> str:
    return f"{datetime.fromtimestamp(int(milliseconds) // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


@click.command(epilog=EPILOG)
@click.option(
    "--export",
    type=click.File("w", lazy=False),
    help="Write them here too, one JSON object a line.",
)
@stack_option
def dead_letters(export: TextIO | None, stack: str) -> None:
    """List the dead letters of the stack; none is deleted or moved."""
    rows = []
    with aws_errors():
        url = outputs(stack)["DeadLetterQueueUrl"]
        for letter in received(boto3.client("sqs"), url):
            rows.append(letter.row)
            if export:
                click.echo(json.dumps(letter._asdict()), file=export)
    if rows:
        click.echo(table(COLUMNS, rows, right=NUMBERS))
    click.echo(f"Dead letters: {len(rows)}")
