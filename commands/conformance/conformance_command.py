"""`conformance`: ask a PutEvents server what real clients rely on."""

import re
from pathlib import Path
from typing import Any

import botocore.session
import click

from commands.application_id import ApplicationId
from commands.conformance.conformance_cases import FOLDER, GATEWAY, PINPOINT, Case, read_cases
from commands.conformance.conformance_report import (
    FAILED,
    PASSED,
    SKIPPED,
    Result,
    as_json,
    as_junit,
    broken_clients,
    failed_needs,
    rows,
)
from commands.conformance.conformance_requests import Server, ask, is_ours, run_case
from commands.deployed import aws_errors
from commands.exit_codes import CommandError, ExitCode
from commands.send.auth import authorization, target, target_options
from commands.send.client import Client, NoAnswerError
from commands.terminal import table

NEEDS = ("reads", "cors", "one-application", "auth", "no-auth")
EPILOG = """With make, asking `make run`, which serves every application:

\b
    make conformance URL=http://127.0.0.1:8080 OPTIONS="--auth none --without one-application"

\b
What a server may lack, for --without:
    reads            GetEndpoint, DeleteEndpoint and those of users
    cors             pages of --origin may call it
    one-application  it serves --application-id, not all others
    auth             it lets nobody in without what --auth adds (--auth none lacks it)
    no-auth          it takes requests with an `authorization` of their own

\b
Exit code:
    0  every case passed, or was skipped
    1  a case failed
    2  an option or the credentials are wrong
    4  nobody answered
"""


# fmt: off
@click.command(epilog=EPILOG)
@target_options
@click.option("--application-id", type=ApplicationId(), default="my-app", show_default=True,
              help="One that is served.")
@click.option("--origin", default="http://localhost:3000", show_default=True,
              help="Of a page that may call it.")
@click.option("--header", "headers", multiple=True, metavar="NAME:VALUE", help="For each request.")
@click.option("--of", type=click.Choice([PINPOINT, GATEWAY, "all"]), default=PINPOINT,
              show_default=True, help="Pinpoint's protocol, or what is this gateway's own too.")
@click.option("--only", metavar="REGEX", help="Cases whose name matches.")
@click.option("--without", multiple=True, type=click.Choice(NEEDS), help="What the server lacks.")
@click.option("--cases", "folder", default=str(FOLDER), help="Where the YAML files are.",
              type=click.Path(exists=True, file_okay=False))
@click.option("--json", "json_file", type=click.Path(dir_okay=False), help="Write a report there.")
@click.option("--junit", "junit_file", type=click.Path(dir_okay=False), help="The same in XML.")
@click.pass_context
def conformance(ctx: click.Context, /, **given: Any) -> None:
    """Ask a PutEvents server what real clients rely on, and say which would break.

    tests/conformance/README.md describes the cases. It leaves events and endpoints behind.
    """
    with aws_errors():
        server = _server(given)
    try:
        ask(server, {"method": "GET", "path": "/"})  # nobody may be there
    except NoAnswerError as error:
        raise NoAnswerError(f"GET / before the first case: {error.message}") from None
    results = [_result(case, server, given["of"]) for case in _chosen(given)]
    for path, written in ((given["json_file"], as_json), (given["junit_file"], as_junit)):
        if path:
            Path(path).write_text(written(results), encoding="utf-8")
    _print(results)
    failed = any(result.ending == FAILED for result in results)
    ctx.exit(ExitCode.REJECTED if failed else ExitCode.DONE)
# fmt: on


def _chosen(given: dict[str, Any]) -> list[Case]:
    cases = read_cases(Path(given["folder"]))
    if given["of"] != "all":
        cases = [case for case in cases if case.of == given["of"]]
    try:
        only = re.compile(given["only"] or "")
    except re.error as error:
        raise click.UsageError(f"--only is no regular expression: {error}.") from None
    cases = [case for case in cases if only.search(case.name)]
    if not cases:
        raise click.UsageError("No case has such a name.")
    return cases


def _server(given: dict[str, Any]) -> Server:
    headers = {}
    for header in given["headers"]:
        name, colon, value = header.partition(":")
        if not colon:
            raise click.UsageError(f"--header should be like Name:value, not {header!r}.")
        headers[name.strip()] = value.strip()
    to = target(given)
    core = botocore.session.Session(profile=to.profile)
    lacks = {*given["without"], "auth" if to.auth == "none" else "no-auth"}
    return Server(
        url=to.url,
        client=Client(to.url, authorization(to, core), session=core, connections=1),
        application_id=given["application_id"],
        origin=given["origin"],
        headers=headers,
        has=frozenset(NEEDS) - lacks,
    )


def _result(case: Case, server: Server, of: str) -> Result:
    if lacks := set(case.needs) - server.has:
        return Result(case, SKIPPED, [f"needs {', '.join(sorted(lacks))}"])
    try:
        why = run_case(case, server, ours=of != PINPOINT or is_ours(case))
    except CommandError as error:
        why = [error.message]
    return Result(case, FAILED if why else PASSED, why)


def _print(results: list[Result]) -> None:
    shown = [result for result in results if result.ending != PASSED]
    if shown:
        click.echo(table(("case", "", "why"), rows(shown)))
    for client, reasons in broken_clients(results).items():
        click.echo(f"\n{client} would break:")
        for reason in reasons:
            click.echo(f"  - {reason}")
    if needs := failed_needs(results):
        counted = ", ".join(f"{count} need {need}" for need, count in needs.items())
        options = " ".join(f"--without {need}" for need in needs)
        click.echo(f"\nOf the failed cases {counted}.")
        click.echo(f"If the server lacks that on purpose, leave them out: {options}")
    endings = [result.ending for result in results]
    counts = (f"{endings.count(ending)} {ending.lower()}" for ending in (PASSED, FAILED, SKIPPED))
    click.echo(f"\n{len(results)} cases: {', '.join(counts)}.")
