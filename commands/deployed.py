"""The stack as it is deployed in the account and region that the environment leads to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import click
from botocore.exceptions import BotoCoreError, ClientError

from commands.aws_session import ProblemError, find_session, is_about_caller, problem_of
from commands.exit_codes import StoppedError
from infra.names import DEFAULT_STACK
from local.database import DEFAULT_FOLDER

OF_LAPTOP_URL = 'OPTIONS="--url http://127.0.0.1:8080"'
OF_LAPTOP_FOLDER = f'OPTIONS="--data-dir {DEFAULT_FOLDER}"'
EXIT_CODES = """
\b
Exit code:
    0  done
    2  an option is wrong
    3  AWS did not do it; the message says why
"""
_ANOTHER = 'Name another with OPTIONS="--stack NAME".'
stack_option = click.option(
    "--stack", default=DEFAULT_STACK, show_default=True, help="The name of the deployed stack."
)

_profile_option = click.option("--profile", help="A profile of the AWS CLI.")
_region_option = click.option("--region", help="The region of the stack.")


def account_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take `--profile` and `--region`."""
    return _profile_option(_region_option(command))


class Outputs(dict[str, str]):
    """The outputs of a stack, such as `QueueUrl` and `DeadLetterQueueUrl`."""

    def __missing__(self, name: str) -> str:
        raise StoppedError(f"The stack has no output {name}: is it a gateway's? {_ANOTHER}")


def outputs(stack: str, session: boto3.Session | None = None) -> Outputs:
    """The outputs of the deployed stack; raises StoppedError where one is asked for in vain."""
    session = session or find_session()
    try:
        [found] = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        # CloudFormation has no code of its own for a stack that is not there.
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        raise StoppedError(
            f"There is no stack {stack} in {session.region_name}. {_ANOTHER}"
        ) from None
    return Outputs({o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])})


def served_applications(stack: Outputs, session: boto3.Session) -> list[str]:
    """The ids of the applications that a deployed lake serves."""
    table = session.client("glue").get_table(DatabaseName=stack["LakeDatabase"], Name="raw_events")[
        "Table"
    ]
    return sorted(str(table["Parameters"]["projection.application_id.values"]).split(","))


@contextmanager
def aws_errors(*, of_laptop: str = "") -> Iterator[None]:
    """Turn AWS's errors into one sentence and an exit code.

    `of_laptop` are the options for `make run`: perhaps that was meant, where there is no account.
    """
    hint = f"\nOf `make run`:\n    {of_laptop}" if of_laptop else ""
    try:
        yield
    except ProblemError as error:
        raise StoppedError(f"{error.problem}{hint}") from None
    except (BotoCoreError, ClientError) as error:
        said = f"{problem_of(error)}{hint}" if is_about_caller(error) else str(error)
        raise StoppedError(said) from None
