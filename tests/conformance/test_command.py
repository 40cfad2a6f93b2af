"""`conformance` says what a server does wrong, and which clients would break."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from commands.conformance.conformance_command import conformance
from tests.conformance.conftest import ORIGIN
from tests.conformance.wrong_server import Spoil, Spoilt, of_results, wrong_server
from tests.local.running_gateway import RunningGateway

FEW = "^(shapes|ids|browsers)/|errors/(no-json|other-method)|endpoint-calls/update"


def run(url: str, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(
        conformance, ["--url", url, "--auth", "none", "--origin", ORIGIN, *options]
    )
    return done.exit_code, done.output


def without_last(part: dict[str, Any]) -> dict[str, Any]:
    """The same, and the last event forgotten."""
    return {**part, "EventsItemResponse": dict(list(part["EventsItemResponse"].items())[:-1])}


def with_more(part: dict[str, Any]) -> dict[str, Any]:
    """The same, and an event that nobody asked."""
    extra = {"extra": {"StatusCode": 202, "Message": "Accepted"}}
    return {**part, "EventsItemResponse": part["EventsItemResponse"] | extra}


def in_lower_case(part: dict[str, Any]) -> dict[str, Any]:
    """The same, with `accepted`."""
    told: dict[str, Any] = json.loads(json.dumps(part).replace("Accepted", "accepted"))
    return told


def all_good(part: dict[str, Any]) -> dict[str, Any]:
    """The same, and every event accepted, as a mock does it."""
    accepted = {"StatusCode": 202, "Message": "Accepted"}
    return {**part, "EventsItemResponse": dict.fromkeys(part["EventsItemResponse"], accepted)}


def without(name: str) -> Spoil:
    """Take a header away."""
    return lambda answer: answer._replace(
        headers={k: v for k, v in answer.headers.items() if k.lower() != name}
    )


def lower_ids(answer: Spoilt) -> Spoilt:
    """Take a server that keeps ids in lower case."""
    return answer._replace(body=json.loads(json.dumps(answer.body).replace("5A3F0C2E", "5a3f0c2e")))


def wrapped(answer: Spoilt) -> Spoilt:
    """Put the shape's name around it."""
    return answer._replace(body={"EventsResponse": answer.body})


def ok(answer: Spoilt) -> Spoilt:
    """Answer 200 where it should be 202."""
    return answer._replace(status=200 if answer.status == 202 else answer.status)


@pytest.mark.parametrize(
    ("spoil", "case", "client"),
    [
        (ok, "shapes/accepted", "amplify-flutter"),
        (of_results(in_lower_case), "shapes/accepted", "amplify-swift"),
        (of_results(without_last), "ids/none-missing", "amplify-android"),
        (of_results(with_more), "ids/counted", "amplify-flutter"),
        (of_results(all_good), "shapes/mixture", "amplify-js-6"),
        (lower_ids, "ids/upper-case", "aws-sdk-android"),
        (wrapped, "shapes/unwrapped", "boto3"),
        (without("x-amzn-errortype"), "errors/no-json", "aws-sdk-js-3"),
        (without("access-control-allow-origin"), "browsers/preflight-amplify-6", "amplify-js-6"),
        (without("access-control-expose-headers"), "browsers/error", "aws-sdk-js-3"),
        (without("allow"), "errors/other-method", "boto3"),
    ],
)
def test_a_wrong_server_fails_and_the_clients_that_break_are_named(
    gateway: RunningGateway, spoil: Spoil, case: str, client: str
) -> None:
    with wrong_server(gateway.url, spoil) as url:
        code, output = run(url, "--only", FEW)

    assert code == 1
    assert f"\n{client} would break:\n" in output
    assert any(line.startswith(case) and "FAILED" in line for line in output.splitlines())


def test_a_server_that_only_passes_on_does_not_fail(gateway: RunningGateway) -> None:
    with wrong_server(gateway.url, lambda answer: answer) as url:
        code, output = run(url, "--only", FEW)

    assert code == 0
    assert "0 failed, 0 skipped." in output


def test_the_reports_say_what_the_table_says(gateway: RunningGateway, tmp_path: Path) -> None:
    files = {"--json": tmp_path / "report.json", "--junit": tmp_path / "report.xml"}
    options = [text for name, path in files.items() for text in (name, str(path))]
    with wrong_server(gateway.url, ok) as url:
        code, output = run(url, "--only", "^errors|shapes/accepted", "--of", "all", *options)

    report = json.loads(files["--json"].read_text())
    suite = ElementTree.parse(files["--junit"]).getroot()  # noqa: S314 - our own
    failed = [case["case"] for case in report["cases"] if case["ending"] == "failed"]
    skipped = [case["case"] for case in report["cases"] if case["ending"] == "skipped"]
    assert code == 1
    assert "shapes/accepted" in failed
    assert skipped == ["errors/not-authenticated"]
    assert "status should be 202, is 200" in output
    assert report["clients"]["amplify-flutter"]
    counts = {name: int(suite.attrib[name]) for name in ("tests", "failures", "skipped")}
    assert counts == {
        "tests": len(report["cases"]), "failures": len(failed), "skipped": len(skipped)
    }  # fmt: skip
    assert len(suite.findall("testcase/failure")) == len(failed)


def test_what_a_server_lacks_is_skipped(gateway: RunningGateway) -> None:
    code, output = run(gateway.url, "--only", "endpoint-calls/stored", "--without", "reads")
    assert (code, "needs reads" in output) == (0, True)


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [
        (["--only", "no such case"], 2, "No case has such a name."),
        (["--only", "("], 2, "no regular expression"),
        (["--header", "nothing"], 2, "--header should be like Name:value"),
    ],
)
def test_an_option_that_is_wrong_is_told(
    gateway: RunningGateway, options: list[str], code: int, text: str
) -> None:
    ended, output = run(gateway.url, *options)
    assert ended == code
    assert text in output


def test_a_header_of_ones_own_goes_with_each_request(gateway: RunningGateway) -> None:
    seen: list[str] = []

    def look(answer: Spoilt) -> Spoilt:
        seen.append(answer.headers.get("Access-Control-Allow-Origin", ""))
        return answer

    with wrong_server(gateway.url, look) as url:
        assert run(url, "--only", "shapes/accepted", "--header", f"Origin: {ORIGIN}")[0] == 0
    assert seen[-1] == ORIGIN


def test_a_server_that_is_not_there_is_told() -> None:
    code, output = run("http://127.0.0.1:9")
    assert code == 4
    assert "Error: GET / before the first case: No answer: " in output
