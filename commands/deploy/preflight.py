"""`preflight`: look whether a deploy can succeed, before it begins."""

from collections.abc import Iterator

import click
from botocore.exceptions import BotoCoreError, ClientError

from commands.deploy.account import Problem, ProblemError, find_account
from commands.deploy.account_checks import CHECKS, Plan
from commands.deploy.cdk import cdk_problem
from commands.deploy.deploy_options import DeployOptions, shipped
from commands.exit_codes import StoppedError
from commands.terminal import say
from infra.deploy_settings import DeploySettingsError

PLACEHOLDER = "my-app"
EPILOG = """With make:  make deploy CDK_OPTIONS=...

\b
Exit code:
    0  nothing is missing, of what could be looked at
    3  something is; each is a sentence, and the command that mends it
"""


@click.command(epilog=EPILOG, context_settings={"ignore_unknown_options": True})
@click.argument("cdk_options", nargs=-1, type=click.UNPROCESSED)
def preflight(cdk_options: tuple[str, ...]) -> None:
    """Look whether the account is ready for `cdk deploy` with the same CDK_OPTIONS.

    What your credentials may not look at stops nothing.
    """
    options = DeployOptions.parse(cdk_options)
    problems = [*_problems(options)]
    for problem in problems:
        click.echo(problem.sentence, err=True)
        click.echo("\n  or\n".join(f"    {command}" for command in problem.commands), err=True)
    if problems:
        count = "One thing is" if len(problems) == 1 else f"{len(problems)} things are"
        raise StoppedError(f"{count} missing; nothing was deployed.")


def _problems(options: DeployOptions) -> Iterator[Problem]:
    """Find what is missing; as much as can be told at once."""
    try:
        settings = options.settings()
        if placeholder := _placeholder(options):
            yield placeholder
        if cdk := cdk_problem():
            yield cdk
        account = find_account(options)
    except DeploySettingsError as error:
        yield Problem(str(error), ("$EDITOR cdk.json",))
        return
    except ProblemError as error:
        yield error.problem
        return
    say(f"Looking at account {account.id} in {account.region} ...")
    plan = Plan(account, options, settings, settings.stack_name)
    for what, check in CHECKS.items():
        try:
            if problem := check(plan):
                yield problem
        except (BotoCoreError, ClientError) as error:
            say(f"Could not check {what}: {error}")


def _placeholder(options: DeployOptions) -> Problem | None:
    """The example's id, unless somebody says that it is meant."""
    if "applicationIds" in options.context or shipped().get("applicationIds") != [PLACEHOLDER]:
        return None
    return Problem(
        f"applicationIds in cdk.json is still the example's {PLACEHOLDER}; clients must know the "
        "ids that you choose.",
        ("$EDITOR cdk.json", options.deploying_with("applicationIds=YOUR_APP_ID")),
    )
