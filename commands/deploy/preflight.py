"""`preflight`: look whether a deploy can succeed, before it begins."""

from collections.abc import Iterator

import click
from botocore.exceptions import BotoCoreError, ClientError

from commands.aws_session import Problem, ProblemError
from commands.deploy import account_checks, existing_checks, follower_checks, stack_checks
from commands.deploy.account import find_account
from commands.deploy.cdk import cdk_problem
from commands.deploy.cdk_words import check_words
from commands.deploy.concurrency_check import concurrency
from commands.deploy.deploy_options import DeployOptions, shipped
from commands.deploy.plan import Check, Plan
from commands.exit_codes import StoppedError
from commands.terminal import say
from infra.bundle import lacks_bytecode
from infra.deploy_settings import DeploySettingsError

PLACEHOLDER = "my-app"
LETS_IN = {
    "iam": "AWS credentials that may execute-api:Invoke",
    "cognito": "tokens of your user pool",
    "jwt": "tokens of your issuer",
    "api-key": "whoever has the key",
    "none": "anyone who knows an application id",
}
# What is looked at before the CDK does what.
CHECKS: dict[str, dict[str, Check]] = {
    "deploy": {
        "the CDK's bootstrap": account_checks.bootstrap,
        "the quota of concurrent functions": concurrency,
        "API Gateway's role for logs": account_checks.api_log_role,
        "the state of the stack": stack_checks.before_deploy,
        "the existing endpoint table": existing_checks.endpoint_table,
        "the existing bucket": existing_checks.lake_bucket,
        "the existing event stream": follower_checks.event_stream,
        "the existing event bus": follower_checks.event_bus,
        "the certificate": existing_checks.certificate,
        "the secret with the key": existing_checks.key_secret,
        "the topic of the alarms": existing_checks.alarm_topic,
        "the user pool": existing_checks.user_pool,
    },
    "diff": {},
    "destroy": {"the state of the stack": stack_checks.before_destroy},
}
EPILOG = """With make:  make deploy CDK_OPTIONS=... (and make diff, make destroy)

\b
Exit code:
    0  nothing is missing, of what could be looked at
    3  something is; each is a sentence, and the command that mends it
"""


@click.command(epilog=EPILOG, context_settings={"ignore_unknown_options": True})
@click.option(
    "--before",
    type=click.Choice(list(CHECKS)),
    default="deploy",
    show_default=True,
    help="What is to be done.",
)
@click.argument("cdk_options", nargs=-1, type=click.UNPROCESSED)
def preflight(before: str, cdk_options: tuple[str, ...]) -> None:
    """Look whether the account is ready for `cdk deploy` with the same CDK_OPTIONS.

    What your credentials may not look at stops nothing.
    """
    check_words(before, cdk_options)
    options = DeployOptions.parse(cdk_options)
    problems = [*_problems(options, before)]
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        count = "One thing is" if len(problems) == 1 else f"{len(problems)} things are"
        done = {"deploy": "deployed", "diff": "compared", "destroy": "destroyed"}[before]
        raise StoppedError(f"{count} missing; nothing was {done}.")


def _problems(options: DeployOptions, before: str) -> Iterator[Problem]:
    """Find what is missing; as much as can be told at once."""
    try:
        settings = options.settings()
        if before == "deploy" and (placeholder := _placeholder(options)):
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
    if before == "deploy":
        click.echo(f"auth={settings.auth} lets in {LETS_IN[settings.auth]} (docs/access.md).")
        if lack := lacks_bytecode(settings.runtime):
            click.echo(f"The Lambda package will be {lack}")
    plan = Plan(account, options, settings, settings.stack_name)
    for what, check in CHECKS[before].items():
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
        "ids that you choose. Choose `auth` by your clients too (docs/access.md); it is "
        f"{options.context.get('auth') or shipped().get('auth') or 'iam'}.",
        ("$EDITOR cdk.json", options.deploying_with("applicationIds=YOUR_APP_ID")),
    )
