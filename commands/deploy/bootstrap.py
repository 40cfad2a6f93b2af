"""`bootstrap`: prepare an account and region for the CDK, once."""

import subprocess

import click

from commands.aws_session import ProblemError
from commands.deploy.account import find_account
from commands.deploy.cdk import CDK
from commands.deploy.cdk_words import check_words
from commands.deploy.deploy_options import ROOT, DeployOptions
from commands.exit_codes import StoppedError
from commands.terminal import say

EPILOG = """With make:  make bootstrap CDK_OPTIONS=...

\b
Exit code:
    0  done, or it was so already
    3  it was not done; the message says why
"""


@click.command(
    epilog=EPILOG,
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)
@click.argument("cdk_options", nargs=-1, type=click.UNPROCESSED)
def bootstrap(cdk_options: tuple[str, ...]) -> None:
    """Create what the CDK needs in the account and region of your credentials.

    That is a bucket, a repository, five roles and a parameter, in the stack CDKToolkit.
    CDK_OPTIONS go to `cdk bootstrap`, such as --profile NAME or --termination-protection.
    """
    check_words("bootstrap", cdk_options)
    try:
        account = find_account(DeployOptions.parse(cdk_options))
    except ProblemError as error:
        raise StoppedError(str(error.problem)) from None
    where = f"aws://{account.id}/{account.region}"
    say(f"cdk bootstrap {where}")
    # Without an app: the CDK would synthesise it, and it is not needed.
    command = [str(CDK), "bootstrap", where, "--app", "", *cdk_options]
    done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 - this project's own
    if done.returncode:
        raise StoppedError("The CDK could not bootstrap; it said why above.")
