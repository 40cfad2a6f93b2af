"""`flood`: what strangers' requests cost a day where `auth=none` lets everybody in."""

import click

from commands.costs import prices
from commands.costs.flood import head, markdown, rows
from commands.terminal import table
from infra.deploy_settings import DeploySettings

THROTTLE_RATE = int(DeploySettings.model_fields["throttle_rate"].default)
EPILOG = """With make:  make flood RATE=200

\b
Exit code:
    0  the table was printed
    2  an option is wrong
"""


# fmt: off
@click.command(epilog=EPILOG)
@click.option("--rate", type=click.IntRange(1), default=THROTTLE_RATE, show_default=True,
              metavar="REQUESTS", help="Requests a second: the setting throttleRate.")
@click.option("--markdown", "as_markdown", is_flag=True, help="As docs/costs.md has it.")
def flood(rate: int, as_markdown: bool) -> None:
    """Print what a flood of requests would cost, and send nothing.

    It is the worst that auth=none lets in at a throttleRate, all day, at list prices.
    """
    if as_markdown:
        click.echo(markdown(rate))
        return
    click.echo(f"{rate:,} requests a second, list prices of {prices.REGION} on {prices.READ_ON}:")
    plain = [[cell.replace("`", "") for cell in row] for row in rows(rate)]
    click.echo(table(head(), plain, right=range(1, len(head()))))
# fmt: on
