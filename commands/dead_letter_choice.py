"""Which dead letters are meant: of which application, how old, for which reason, of which queue."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import click

from commands.aws_session import find_session
from commands.dead_letter import DeadLetter
from commands.deployed import account_options, outputs, stack_option
from commands.ignored_options import ACCOUNT, reject_ignored
from commands.send.auth import is_this_machine

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Age(click.ParamType[int]):
    """A time as `30m`, `6h` or `2d`, in seconds."""

    name = "age"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """Read it; says what it should look like."""
        found = re.fullmatch(r"([0-9]{1,6})([smhd])", str(value))
        if not found:
            self.fail("it should be like 30m, 6h or 2d.", param, ctx)
        return int(found[1]) * _UNITS[found[2]]


@dataclass(frozen=True)
class Choice:
    """What a dead letter must be to be meant; nothing asks for any."""

    application_id: str | None = None
    reason: str | None = None
    older_than: int | None = None
    younger_than: int | None = None

    def matches(self, letter: DeadLetter) -> bool:
        """Whether a letter is meant."""
        age = time.time() - datetime.fromisoformat(letter.DeadSince).timestamp()
        return (
            self.application_id in (None, letter.ApplicationId)
            and (self.reason or "").lower() in letter.Reason.lower()
            and (self.older_than is None or age >= self.older_than)
            and (self.younger_than is None or age < self.younger_than)
        )


class TwoQueues(NamedTuple):
    """A queue and its dead letters, and the client for both."""

    sqs: "SQSClient"
    queue: str
    dead_letters: str


def find_queues(
    stack: str,
    url: str | None,
    profile: str | None = None,
    region: str | None = None,
    *,
    both: bool = True,
) -> TwoQueues:
    """Those of a deployed stack, or of the `make run` at a URL; `both`, or the dead letters'."""
    if url is None:
        session = find_session(profile, region)
        found = outputs(stack, session)
        dead_letters = found["DeadLetterQueueUrl"]
        queue = found["QueueUrl"] if both else ""
        return TwoQueues(session.client("sqs"), queue, dead_letters)
    url = url.rstrip("/")
    client = boto3.client(
        "sqs", endpoint_url=url, region_name="us-east-1",
        aws_access_key_id="local", aws_secret_access_key="local",  # noqa: S106 # nobody looks
    )  # fmt: skip
    return TwoQueues(client, f"{url}/queue", f"{url}/dead-letters")


def local_url(_: Any, __: Any, url: str | None) -> str | None:
    """Check an option that names a `make run`; no account's messages go anywhere else."""
    if url is not None and (not url.startswith("http://") or not is_this_machine(url)):
        raise click.BadParameter("it should be `make run`'s, like http://127.0.0.1:8080.")
    return url


def check_place(url: str | None) -> None:
    """Raise UsageError for an option of a stack beside the URL of a `make run`."""
    if url:
        reject_ignored("with --url, which names a `make run`.", *ACCOUNT)


def choice_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which letters, and of which queue."""
    for option in (
        account_options,
        stack_option,
        click.option("--url", callback=local_url, help="Of this `make run` instead of AWS."),
        click.option("--younger-than", type=Age(), help="Dead for less than this, as 2d."),
        click.option("--older-than", type=Age(), help="Dead for this long or longer, as 30m."),
        click.option("--reason", help="Only with this in the reason, upper or lower case."),
        click.option("--application-id", help="Only of this application."),
    ):
        command = option(command)
    return command
