"""`quotas`: what a lake asks of AWS at a number of events a second, and which quotas to raise."""

import click
from botocore.session import Session

from commands.quotas.quota_limits import RATES, REGIONS, class_of
from commands.quotas.quota_tables import markdown, plain

EPILOG = """With make:  make quotas OPTIONS="--region eu-central-1 --rate 5000"

\b
Exit code:
    0  done
    2  an option is wrong
"""


def _check_region(_: click.Context, __: click.Parameter, region: str | None) -> str | None:
    known = Session().get_available_regions("firehose")
    if region and region not in known:
        raise click.BadParameter(f"'{region}' is no region that is known here: like eu-west-1.")
    return region


# fmt: off
@click.command(epilog=EPILOG)
@click.option("--region", callback=_check_region, help="One only.  [default: all, by their quotas]")
@click.option("--rate", type=click.IntRange(1), metavar="EVENTS",
              help="Events a second.  [default: 10 to 100,000]")
@click.option("--markdown", "as_markdown", is_flag=True, help="As docs/quotas.md has it.")
def quotas(region: str | None, rate: int | None, as_markdown: bool) -> None:
    """Print what a lake asks of AWS, and which quotas to raise where."""
    regions = {class_of(region): region} if region else REGIONS
    tables = markdown if as_markdown else plain
    click.echo(tables([rate] if rate else RATES, regions))
# fmt: on
