"""The stack as it is deployed in the account and region that the environment leads to."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import click
from botocore.exceptions import BotoCoreError, ClientError

from commands.exit_codes import StoppedError
from infra.names import DEFAULT_STACK

EXIT_CODES = """
\b
Exit code:
    0  done
    2  an option is wrong
    3  AWS did not do it; the message says why
"""
stack_option = click.option(
    "--stack", default=DEFAULT_STACK, show_default=True, help="The name of the deployed stack."
)


class Outputs(dict[str, str]):
    """The outputs of a stack, such as `QueueUrl` and `DeadLetterQueueUrl`."""

    def __missing__(self, name: str) -> str:
        raise StoppedError(f"The stack has no output {name}: is it a gateway's?")


def outputs(stack: str) -> Outputs:
    """The outputs of the deployed stack; raises StoppedError where one is asked for in vain."""
    [found] = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return Outputs({o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])})


@contextmanager
def aws_errors() -> Iterator[None]:
    """Turn botocore's errors into one sentence and an exit code."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StoppedError(str(error)) from None
