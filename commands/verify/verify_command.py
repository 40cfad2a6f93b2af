"""`verify`: check a deployed stack from end to end, and say what it really does."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import botocore.session
import click
from botocore.exceptions import BotoCoreError, ClientError

from commands.application_id import ApplicationId
from commands.aws_session import find_session
from commands.deployed import aws_errors, outputs, stack_option
from commands.exit_codes import CommandError, ExitCode, StoppedError
from commands.send.auth import authorization, region_of, target, target_options
from commands.send.client import Client
from commands.terminal import say, table
from commands.verify import batch_check, http_checks, lake_checks, service_checks
from commands.verify.endings import CheckFailedError, NotRunError
from commands.verify.subject import Subject

Check = Callable[[Subject], str]
EVENT, OK = "event", "ok"
# As docs/aws-checklist.md names them, in the order in which they can be made.
CHECKS: dict[str, Check] = {
    EVENT: http_checks.event_is_accepted,
    "unknown path": http_checks.unknown_path,
    "403": http_checks.forbidden,
    "error type": http_checks.error_type_once,
    "streams": service_checks.streams,
    "latency": http_checks.latency,
    "cold start": service_checks.cold_start,
    "SnapStart": service_checks.snap_start,
    "alarms": service_checks.alarms,
    "alarm mail": service_checks.alarm_mail,
    "metrics": service_checks.metrics,
    "views": lake_checks.views,
    "case of keys": lake_checks.case_of_keys,
    "partitions": lake_checks.partitions,
    "large batch": batch_check.large_batch,
}
# What follows the marked event, or sends more of the same: without it they would wait in vain.
AFTER_EVENT = {"latency", "metrics", "views", "case of keys", "partitions"}
EPILOG = """With make:  make verify URL=... OPTIONS="--auth none"

\b
Exit code (of several, the highest):
    0  no check failed
    1  a check failed
    2  an option or the credentials are wrong
    3  AWS did not answer a check, or the stack; the table or a message says why
"""


class Ending(NamedTuple):
    """How a check ended."""

    how: str
    seen: str
    code: ExitCode = ExitCode.DONE


# fmt: off
@click.command(epilog=EPILOG)
@target_options
@stack_option
@click.option("--application-id", type=ApplicationId(),
              help="One that is served.  [default: the first]")
@click.option("--wait", "wait_seconds", type=click.IntRange(0), metavar="SECONDS",
              help="For the event to arrive.  [default: lakeBufferSeconds and 3 minutes]")
@click.option("--large", is_flag=True, help="Send ten messages of 1 MB too.")
@click.pass_context
def verify(ctx: click.Context, /, **given: Any) -> None:
    """Send a marked event to a deployed stack, follow it to Athena, and check what is around it.

    docs/aws-checklist.md says what each check is for. It leaves a few events of the type
    `putevents.verify` and the endpoint `putevents-verify` behind.
    """
    with aws_errors():
        subject = _subject(**given)
    if subject.wrong_auth:
        say(subject.wrong_auth)
    endings = make_checks(subject)
    rows = [(name, ending.how, ending.seen) for name, ending in endings.items()]
    click.echo(table(("check", "", "what was seen"), rows))
    ctx.exit(max(ending.code for ending in endings.values()))
# fmt: on


def make_checks(subject: Subject) -> dict[str, Ending]:
    """Make each check; those that need the marked event are not run if it was not accepted."""
    endings: dict[str, Ending] = {}
    for name, check in CHECKS.items():
        if name in AFTER_EVENT and endings[EVENT].how != OK:
            endings[name] = Ending("not run", "the event was not accepted")
            continue
        say(f"{name} ...")
        endings[name] = _made(check, subject)
    return endings


def _made(check: Check, subject: Subject) -> Ending:
    try:
        return Ending(OK, check(subject))
    except NotRunError as error:
        return Ending("not run", str(error))
    except CheckFailedError as error:
        return Ending("FAILED", str(error), ExitCode.REJECTED)
    except (BotoCoreError, ClientError, CommandError) as error:
        return Ending("no answer", str(error), ExitCode.STOPPED)


def _subject(
    *,
    stack: str,
    application_id: str | None,
    wait_seconds: int | None,
    large: bool,
    **given: Any,
) -> Subject:
    region = given["region"] or region_of(given["url"] or "")
    session = find_session(given["profile"], region)
    found = outputs(stack, session)
    given["url"] = given["url"] or found["ApiUrl"]
    to = target(given, calls_aws=True)
    core = botocore.session.Session(profile=to.profile)
    client = Client(to.url, authorization(to, core), session=core, connections=1)
    subject = Subject(
        target=to,
        client=client,
        aws=session.client,
        stack=stack,
        outputs=found,
        resources=_resources(session.client("cloudformation"), stack),
        application_id=application_id or "",
        wait_seconds=wait_seconds,
        large=large,
    )
    return subject if application_id else replace(subject, application_id=_first(subject))


def _resources(cloudformation: Any, stack: str) -> dict[str, list[str]]:
    """The physical ids of the stack's resources by type."""
    found: dict[str, list[str]] = defaultdict(list)
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    for page in pages:
        for resource in page["StackResourceSummaries"]:
            if physical := resource.get("PhysicalResourceId"):
                found[resource["ResourceType"]].append(physical)
    return found


def _first(subject: Subject) -> str:
    """The first application that the functions serve."""
    for function in subject.functions:
        return str(function["Environment"]["Variables"]["APPLICATION_IDS"].split(",")[0])
    raise StoppedError("The stack has no function of a gateway.")
