"""`template`: a template for plain CloudFormation with settings that no released one has."""

import json
from pathlib import Path

import click

from commands.exit_codes import StoppedError
from commands.release.plain_template import PlainTemplateError, plain_template
from commands.release.release_files import write_template
from commands.release.release_state import project_version
from infra.deploy_settings import DeploySettings, DeploySettingsError
from infra.stack_size import StackSizeError

EPILOG = """With make:  make template OPTIONS="-c auth=none -c corsOrigins=https://shop.example.com"

\b
Exit code:
    0  written
    2  an option is wrong
    3  a setting is wrong; the sentence says which
"""
# CloudFormation has them as parameters or pseudo-parameters of every template.
_PARAMETERS = {"stackName": "the stack's own name", "architecture": "Architecture"}


@click.command(epilog=EPILOG)
@click.option("-c", "--setting", "given", multiple=True, metavar="NAME=VALUE", help="As in cdk.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), default="template.json")
def template(given: tuple[str, ...], output: Path) -> None:
    """Write a template with these deploy settings; the rest are defaults or its parameters."""
    if not output.absolute().parent.is_dir():
        raise click.UsageError(f"--output {output}: there is no folder {output.parent}.")
    settings = {"destination": "lake", "auth": "iam"}
    for word in given:
        name, equals, value = word.partition("=")
        if not equals:
            raise click.UsageError(f"-c {word}: write NAME=VALUE.")
        if name in _PARAMETERS:
            raise click.UsageError(f"{name} is {_PARAMETERS[name]}: give it when you deploy.")
        settings[name] = value
    runtime = settings.pop("runtime", DeploySettings.model_fields["runtime"].default)
    try:
        made = plain_template(project_version(), runtime, **settings)
    except (DeploySettingsError, PlainTemplateError, StackSizeError) as error:
        raise StoppedError(str(error)) from None
    write_template(output, made)
    click.echo(f"Written: {output}; parameters: {json.dumps(list(made['Parameters']))[1:-1]}")
