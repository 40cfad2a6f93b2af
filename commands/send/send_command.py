"""`send`: send events to a gateway, whatever `auth` it was deployed with."""

from typing import Any, BinaryIO

import click
from botocore.exceptions import BotoCoreError
from botocore.session import Session

from commands.application_id import ApplicationId
from commands.exit_codes import ExitCode, NotSentError
from commands.plain_text import counted, printable_json
from commands.send.auth import Target, authorization, target, target_options
from commands.send.call import BadCallError, Call, JsonOption, skeleton
from commands.send.client import Client
from commands.send.request_lines import CONCURRENCY, send_lines
from commands.send.tally import asked, compare

EPILOG = """With make:  make put-events OPTIONS=...

\b
Exit code (of several, the highest):
    0  everything was accepted
    1  an event or an endpoint was not accepted
    2  an option, the credentials or a line is wrong
    3  a whole request was rejected
    4  a request was not answered
  130  Ctrl-C
"""


# fmt: off
@click.command(epilog=EPILOG)
@target_options
@click.option("--application-id", type=ApplicationId(), help="Wins over an ApplicationId in JSON.")
@click.option("--events-request", type=JsonOption(), help="An EventsRequest.")
@click.option("--cli-input-json", type=JsonOption(),
              help="ApplicationId and EventsRequest in one object.")
@click.option("--generate-cli-skeleton", is_flag=False, flag_value="input",
              type=click.Choice(["input", "output"]),
              help="Print JSON to fill in, or an example of what is answered; send nothing.")
@click.option("--requests", type=click.File("rb"),
              help="Send each line of a file, or of - for stdin: an EventsRequest, or what "
                   "--cli-input-json takes.")
@click.option("--concurrency", type=click.IntRange(1, 256),
              help=f"Requests at once at most, with --requests.  [default: {CONCURRENCY}]")
@click.pass_context
def send(ctx: click.Context, /, generate_cli_skeleton: str | None, **given: Any) -> None:
    """Send events to a PutEvents gateway and print its EventsResponse.

    The options are those of `aws pinpoint put-events`, which cannot sign for a gateway of yours.
    """
    try:
        if generate_cli_skeleton:
            _print(skeleton(generate_cli_skeleton))
            return
        ctx.exit(_send(target(given), **given))
    except BotoCoreError as error:
        raise NotSentError(str(error)) from None
    except KeyboardInterrupt:
        ctx.exit(ExitCode.INTERRUPTED)

# fmt: on


def _send(
    to: Target,
    *,
    application_id: str | None,
    events_request: dict[str, Any] | None,
    cli_input_json: dict[str, Any] | None,
    requests: BinaryIO | None,
    concurrency: int | None,
) -> ExitCode:
    if requests and (events_request is not None or cli_input_json is not None):
        raise click.UsageError("--requests brings its own events.")
    if concurrency and not requests:
        raise click.UsageError("--concurrency is for --requests.")
    session, at_once = Session(profile=to.profile), concurrency or CONCURRENCY
    authorize = authorization(to, session)
    client = Client(to.url, authorize, session=session, connections=at_once)
    if requests:
        return send_lines(client, requests, application_id, at_once)
    try:
        call = Call.of(cli_input_json or {}, application_id, events_request)
    except BadCallError as error:
        raise click.UsageError(f"{error}.") from None
    return _send_one(client, call)


def _send_one(client: Client, call: Call) -> ExitCode:
    answer = client.put_events(call)
    _print({"EventsResponse": answer})
    tally = compare(call.events_request, answer["Results"])
    if tally.all_accepted:
        return ExitCode.DONE
    endpoints = sum(1 for _ in asked(call.events_request))
    click.echo(
        f"Not accepted: {tally.events - tally.accepted} of {counted(tally.events, 'event')}, "
        f"{tally.endpoints.total()} of {counted(endpoints, 'endpoint')}.",
        err=True,
    )
    return ExitCode.REJECTED


def _print(value: Any) -> None:
    click.echo(printable_json(value).encode())
