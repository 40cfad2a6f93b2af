"""What `send` says when there is no EventsResponse to print."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from commands.__main__ import main
from commands.exit_codes import ExitCode
from commands.send.send_command import EPILOG
from commands.send.send_command import send as command
from tests.clients.programs import ROOT, Program
from tests.commands.running_send import Command, events
from tests.upstream import running_upstream


def test_a_request_that_is_rejected_as_a_whole_is_told_in_one_sentence(
    put_events: Command, app: str
) -> None:
    status, output, errors = put_events("--application-id", app, "--events-request", "{}")

    assert (status, output) == (3, "")
    assert errors.startswith("Error: HTTP 400 BadRequestException: ")
    assert "(request id " in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("answer", "code", "sentence"),
    [
        ((502, b"<html>Bad gateway</html>"), 3, "HTTP 502 without an EventsResponse"),
        ((202, b"<html>Welcome</html>"), 3, "HTTP 202 without an EventsResponse"),
        ((202, {"Results": None}), 3, "HTTP 202 without an EventsResponse"),
        ((202, b"[" * 100_000), 3, "HTTP 202 without an EventsResponse"),
        ((500, {"Message": "Two\nlines"}), 3, "HTTP 500 Rejected: Two lines"),
        (
            (500, {"Message": "\x1b[2J\u009b\u202e\ud800"}),
            3,
            "HTTP 500 Rejected: \\x1b[2J\\x9b\\u202e",
        ),
        (None, 4, "No answer: Connection was closed before"),
    ],
)
def test_whatever_else_is_answered_is_told_in_one_sentence(
    run: Program, answer: Any, code: int, sentence: str
) -> None:
    with running_upstream() as upstream:
        upstream.answer = lambda _: answer

        status, output, errors = Command(run, upstream.url)(
            "--application-id", "a", "--events-request", json.dumps(events(one="tap"))
        )

    assert (status, output) == (code, "")
    assert errors.startswith(f"Error: {sentence}")
    assert errors.count("\n") == 1
    assert len(upstream.requests) == 1


def test_a_gateway_that_is_not_there_is_told_in_one_sentence(run: Program) -> None:
    with running_upstream() as upstream:
        url = upstream.url

    ended = Command(run, url)("--application-id", "a", "--events-request", "{}")

    address = f"{url}/v1/apps/a/events"
    assert ended == (
        4,
        "",
        f'Error: No answer: Could not connect to the endpoint URL: "{address}"\n',
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--url", ""], "Missing option '--url' (or PUT_EVENTS_URL)."),
        (["--url", "127.0.0.1:8080"], "it should be like https://host/path."),
        (["--url", "http://host:99999"], "it should be like https://host/path."),
        ([], "No application: give --application-id or an ApplicationId."),
        (["--application-id", "a"], "No events: give --events-request or an EventsRequest."),
        (["--events-request", "BatchItem={}"], "Not JSON (Expecting value"),
        (["--cli-input-json", '{"ApplicationId": "\\ud800"}'], "character that is not printable."),
        (["--events-request", "[]"], "Not a JSON object."),
        (["--cli-input-json", "file://no"], "no cannot be read (No such file or directory)."),
        (["--application-id", ".."], "The application id should not be '..'."),
        (["--cli-input-json", '{"ApplicationId": "."}'], "The application id should not be '.'."),
        (["--url", "http://127.0.0.1/v1/apps/a/events"], "it should end before /v1/apps, which"),
        (["--url", "http://a b"], "it should be like https://host/path."),
        (["--requests", "no"], "'no': No such file or directory"),
        (["--requests", "-", "--events-request", "{}"], "--requests brings its own events."),
        (["--concurrency", "5"], "--concurrency is for --requests."),
        (["--auth", "cognito"], "--auth cognito needs --token."),
        (["--auth", "api-key"], "--auth api-key needs --api-key."),
        (["--auth", "iam", "--profile", "no"], "The config profile (no) could not be found"),
    ],
)
def test_wrong_options_are_told_before_anything_is_sent(options: list[str], sentence: str) -> None:
    with running_upstream() as upstream:
        environment = {"PUT_EVENTS_URL": upstream.url, "PUT_EVENTS_AUTH": "none"}

        result = CliRunner().invoke(command, options, env=environment)

    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr.splitlines()[-1]
    assert upstream.requests == []


@pytest.mark.parametrize(
    "words",
    [
        ["load", "--url", "http://127.0.0.1:9", "--auth", "none"],
        ["conformance", "--url", "http://127.0.0.1:9", "--auth", "none"],
        ["verify"],
        ["import-endpoints", "pyproject.toml"],
        ["send", "--url", "http://127.0.0.1:9", "--auth", "none"],
    ],
)
@pytest.mark.parametrize("wrong", ["..", ".", " ", "a\n"])
def test_no_command_starts_for_an_application_that_cannot_be(words: list[str], wrong: str) -> None:
    result = CliRunner().invoke(main, [*words, "--application-id", wrong])

    assert result.exit_code == 2
    assert "The application id " in result.stderr.splitlines()[-1]


def test_every_option_and_exit_code_is_documented() -> None:
    documented = (ROOT / "docs/put-events.md").read_text()
    for parameter in command.params:
        assert f"`{parameter.opts[0]}" in documented
    for code in ExitCode:
        assert f"| {code.value} |" in documented
        assert f"{code.value}  " in EPILOG


def test_what_a_gateway_says_cannot_steer_the_terminal(run: Program, tmp_path: Path) -> None:
    """Whole answers stay JSON of the same value; the texts of a summary are escaped."""
    text = "\x1b[2J\x07\x7f\u009b\u202e\U000e0001\ud800"
    item = {"StatusCode": 400, "Message": text}
    results = {"phone": {"EndpointItemResponse": item, "EventsItemResponse": {"one": item}}}
    request = json.dumps(events(one="tap"))
    lines = tmp_path / "requests.ndjson"
    lines.write_text(request)
    with running_upstream() as upstream:
        upstream.answer = lambda _: (202, {"Results": results})
        send = Command(run, upstream.url)
        answered = send("--application-id", "a", "--events-request", request)
        counted = send("--application-id", "a", "--requests", str(lines))

    assert json.loads(answered[1]) == {"EventsResponse": {"Results": results}}
    assert "\nrejected   1 x 400 \\x1b[2J\\x07\\x7f\\x9b\\u202e\\U000e0001\\ud800\n" in counted[1]
    for _, output, errors in (answered, counted):
        assert all(c.isprintable() or c == "\n" for c in output + errors)
