"""`put-events`: send events to a gateway, whatever `auth` it was deployed with."""

import json
from typing import Any

import click
from botocore.exceptions import BotoCoreError
from botocore.session import Session

from clients.put_events.authorization import authorization
from clients.put_events.call import BadCallError, Call, JsonOption
from clients.put_events.gateway import Gateway
from clients.put_events.options import CONCURRENCY, Options, check_url
from clients.put_events.outcome import ExitCode, NotSentError
from clients.put_events.requests_file import send_lines
from clients.put_events.skeleton import skeleton
from clients.put_events.verdict import asked, judge

EPILOG = """\b
Exit code (of several, the highest):
    0  everything was accepted
    1  an event or an endpoint was not accepted
    2  an option, the credentials or a line is wrong
    3  a whole request was refused
    4  a request was not answered
  130  Ctrl-C
"""


# fmt: off
@click.command("put-events", epilog=EPILOG)
@click.option("--url", envvar="PUT_EVENTS_URL", show_envvar=True, callback=check_url,
              help="The ApiUrl of the stack, or http://127.0.0.1:8080.")
@click.option("--application-id", help="Wins over an ApplicationId in JSON.")
@click.option("--events-request", type=JsonOption(), help="An EventsRequest.")
@click.option("--cli-input-json", type=JsonOption(),
              help="ApplicationId and EventsRequest in one object.")
@click.option("--generate-cli-skeleton", is_flag=False, flag_value="input",
              type=click.Choice(["input", "output"]),
              help="Print JSON to fill in, or an example of what is answered; send nothing.")
@click.option("--requests", type=click.File("rb"),
              help="Send each line of a file, or of - for stdin: an EventsRequest, or what "
                   "--cli-input-json takes.")
@click.option("--rate", type=click.FloatRange(0, min_open=True),
              help="Requests a second at most, with --requests.")
@click.option("--concurrency", type=click.IntRange(1, 256),
              help=f"Requests at once at most, with --requests.  [default: {CONCURRENCY}]")
@click.option("--auth", type=click.Choice(["iam", "cognito", "api-key", "none"]), default="iam",
              show_default=True, envvar="PUT_EVENTS_AUTH", show_envvar=True,
              help="What the gateway was deployed with.")
@click.option("--token", envvar="PUT_EVENTS_TOKEN", show_envvar=True, help="For --auth cognito.")
@click.option("--api-key", envvar="PUT_EVENTS_API_KEY", show_envvar=True,
              help="For --auth api-key.")
@click.option("--profile", help="Where the credentials for --auth iam are.")
@click.option("--region", help="For --auth iam.  [default: the one in the URL, or configured]")
@click.pass_context
def put_events(
    ctx: click.Context, /, generate_cli_skeleton: str | None, profile: str | None, **given: Any
) -> None:
    """Send events to a PutEvents gateway and print its EventsResponse.

    The options are those of `aws pinpoint put-events`, which cannot sign for a gateway of yours.
    """
    try:
        if generate_cli_skeleton:
            _print(skeleton(generate_cli_skeleton))
            return
        ctx.exit(_send(Options.of(**given), Session(profile=profile)))
    except BotoCoreError as error:
        raise NotSentError(str(error)) from None
    except KeyboardInterrupt:
        ctx.exit(ExitCode.INTERRUPTED)

# fmt: on


def _send(options: Options, session: Session) -> ExitCode:
    gateway = Gateway(
        options.url,
        authorization(options, session),
        session=session,
        connections=options.concurrency,
    )
    if options.requests:
        return send_lines(gateway, options.requests, options)
    try:
        call = Call.of(options.cli_input_json or {}, options.application_id, options.events_request)
    except BadCallError as error:
        raise click.UsageError(f"{error}.") from None
    return _send_one(gateway, call)


def _send_one(gateway: Gateway, call: Call) -> ExitCode:
    answer = gateway.put_events(call).events_response
    _print({"EventsResponse": answer})
    verdict = judge(call.events_request, answer["Results"])
    if verdict.all_accepted:
        return ExitCode.ACCEPTED
    events, endpoints = verdict.events, sum(1 for _ in asked(call.events_request))
    click.echo(
        f"Not accepted: {events - verdict.accepted} of {events} events, "
        f"{verdict.endpoints.total()} of {endpoints} endpoints.",
        err=True,
    )
    return ExitCode.NOT_ACCEPTED


def _print(value: Any) -> None:
    text = json.dumps(value, indent=4, ensure_ascii=False)
    # Half a surrogate pair, which an id may hold, becomes the escape that JSON has for it.
    click.echo(text.encode("utf-8", "backslashreplace"))


if __name__ == "__main__":
    put_events()
