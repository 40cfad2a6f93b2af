"""`run`: the gateway on this machine."""

import click

from local.server import main
from local.web_server import EVERY_HOST, HOST

EPILOG = """With make:  make run PORT=8081 HOST=0.0.0.0

\b
Settings are environment variables, or variables of make:
    PORT             default 8080
    DATA_DIR         default .data
    APPLICATION_IDS  default *, any that a deploy may serve
    DESTINATION      default local, the SQLite file
    CORS_ORIGINS     default origins on this machine; * is any

\b
Exit code:
    0  it was stopped by Ctrl-C, SIGTERM or SIGHUP
    1  it could not start, or was told twice to stop
    2  an option is wrong
"""


@click.command(epilog=EPILOG)
@click.option(
    "--host",
    type=click.Choice([HOST, EVERY_HOST]),
    default=HOST,
    show_default=True,
    help=f"{EVERY_HOST} lets other machines of your network send events.",
)
@click.pass_context
def run(ctx: click.Context, /, host: str) -> None:
    """Serve PutEvents on http://127.0.0.1:8080 into a SQLite file, with a page that shows it."""
    ctx.exit(main(host))
