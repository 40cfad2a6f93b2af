"""`after-deploy`: say how to try what was deployed, and where to look at it."""

from datetime import UTC, datetime

import click

from commands.aws_session import ProblemError, find_session
from commands.deploy.cdk_words import check_words
from commands.deploy.deploy_options import DeployOptions
from commands.deployed import EXIT_CODES, Outputs, aws_errors, outputs
from commands.exit_codes import StoppedError
from commands.program import typed
from infra.deploy_settings import DeploySettings

_HEADERS = {
    "none": "",
    "cognito": " -H 'Authorization: ID_TOKEN'",
    "jwt": " -H 'Authorization: Bearer TOKEN'",
}
EPILOG = f"With make:  make after-deploy CDK_OPTIONS=... (make deploy ends with it)\n{EXIT_CODES}"


@click.command(epilog=EPILOG, context_settings={"ignore_unknown_options": True})
@click.argument("cdk_options", nargs=-1, type=click.UNPROCESSED)
def after_deploy(cdk_options: tuple[str, ...]) -> None:
    """Print a command that sends an event, and links, given the CDK_OPTIONS of the deploy."""
    check_words("deploy", cdk_options)
    options = DeployOptions.parse(cdk_options)
    settings = options.settings()
    try:
        session = find_session(options.profile, options.region)
        with aws_errors():
            found = outputs(settings.stack_name, session)
            lines = [*_try(settings, found, options), *_look(settings, found)]
    except ProblemError as error:
        raise StoppedError(str(error.problem)) from None
    click.echo("\n".join(["", *lines]))


def _try(settings: DeploySettings, found: Outputs, options: DeployOptions) -> list[str]:
    url, app = found["ApiUrl"].rstrip("/"), settings.application_ids[0]
    lines = [f"Send an event (auth {settings.auth}):"]
    if settings.auth == "api-key":
        where = "".join(
            f" --{name} {value}"
            for name, value in (("profile", options.profile), ("region", options.region))
            if value
        )
        lines.append(
            f"    KEY=$(aws apigateway get-api-key{where} --include-value --query value"
            f" --output text --api-key {found['ApiKeyId']})"
        )
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    event = f'{{"EventType":"hello","Timestamp":"{now}"}}'
    body = f'{{"BatchItem":{{"my-device":{{"Endpoint":{{}},"Events":{{"1":{event}}}}}}}}}'
    if settings.auth == "iam":  # curl cannot sign with the credentials that a profile names
        profile = f" --profile {options.profile}" if options.profile else ""
        request = f" --application-id {app} --events-request '{body}'"
        send = typed(f"send --url {url}{profile}{request}")
        return [*lines, f"    {send}"]
    header = _HEADERS.get(settings.auth, ' -H "x-api-key: $KEY"')
    return [*lines, f"    curl {url}/v1/apps/{app}/events{header} -d '{body}'"]


def _look(settings: DeploySettings, found: Outputs) -> list[str]:
    lines = []
    if (
        "DashboardUrl" in found
    ):  # the dashboard is a setting, and only AWS's first partition has one
        lines += ["Look at it:", f"    {found['DashboardUrl']}"]
    verify = {
        "iam": "",
        "none": " --auth none",
        "api-key": ' --auth api-key --api-key "$KEY"',
        "cognito": " --auth cognito --token ID_TOKEN",
        "jwt": " --auth jwt --token TOKEN",
    }[settings.auth]
    url = found["ApiUrl"].rstrip("/")
    command = typed(f"verify --stack {settings.stack_name} --url {url}{verify}")
    return [*lines, "Follow an event all the way (docs/aws-checklist.md):", f"    {command}"]
