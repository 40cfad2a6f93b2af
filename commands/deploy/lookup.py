"""How a check looks up what a setting names: what AWS tells of it, or whether it is elsewhere."""

from typing import Any

from botocore.exceptions import ClientError

from commands.aws_session import Problem
from commands.deploy.plan import Plan

_NOT_THERE = {"404", "NoSuchBucket", "NotFound", "NotFoundException", "ResourceNotFoundException"}


def look_up(describe: Any, **which: str | None) -> Any:
    """What AWS tells of a resource, or None if there is none."""
    try:
        return describe(**which)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NOT_THERE:
            raise
        return None


def check_place(
    plan: Plan, setting: str, text: str, commands: tuple[str, ...], *, own: bool = False
) -> Problem | None:
    """Look whether an ARN leads to another region, or with `own` to another account."""
    if not text.startswith("arn:"):
        return None
    region, account = text.split(":")[3:5]
    if region == plan.account.region and (not own or account == plan.account.id):
        return None
    return Problem(
        f"{setting} is in account {account}, {region}, and the stack in {plan.place}.", commands
    )
