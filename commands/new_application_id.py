"""`new-application-id`: an id that nobody guesses."""

import click

EPILOG = """With make:  make new-application-id"""


@click.command("new-application-id", epilog=EPILOG)
def new_id() -> None:
    """Print an application id as Pinpoint made them: 32 hexadecimal digits, drawn at random."""
    from infra.application_ids import new_application_id

    click.echo(new_application_id())
