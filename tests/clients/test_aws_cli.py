"""`aws pinpoint put-events` with every option it has, in both versions of the AWS CLI."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.payload import ALL_ACCEPTED, BATCH_ITEM, ENDPOINT, EVENT, STORED
from tests.clients.programs import Program
from tests.local.running_gateway import RunningGateway

VERSION_1 = Path(sys.executable).with_name("aws")
VERSION_2 = Path("/usr/bin/aws")  # Debian's package
Aws = Callable[..., Any]


@pytest.fixture(name="program", params=["v1", "v2"])
def _program(request: pytest.FixtureRequest) -> Path:
    if request.param == "v1":
        return VERSION_1
    if not VERSION_2.exists():
        pytest.skip("AWS CLI v2 is not installed here: apt-get install awscli")
    return VERSION_2


@pytest.fixture(name="aws")
def _aws(program: Path, run: Program) -> Aws:
    """`aws pinpoint ... --endpoint-url GATEWAY`: its JSON, after it has ended without complaint."""
    return lambda *options: run.json(program, "pinpoint", *options, "--endpoint-url", run.url)


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Callable[[Any], str]:
    """Writes JSON to a file; how the CLI wants it named."""

    def write(content: Any) -> str:
        path = tmp_path / "request.json"
        path.write_text(json.dumps(content, ensure_ascii=False))
        return f"file://{path}"

    return write


def test_events_as_json(aws: Aws, app: str, gateway: RunningGateway) -> None:
    request = json.dumps({"BatchItem": BATCH_ITEM})

    answer = aws("put-events", "--application-id", app, "--events-request", request)

    assert answer == {"EventsResponse": ALL_ACCEPTED}
    assert sorted(gateway.stored(app)) == STORED


def test_events_from_a_file(
    aws: Aws, app: str, gateway: RunningGateway, file: Callable[[Any], str]
) -> None:
    request = file({"BatchItem": BATCH_ITEM})

    answer = aws("put-events", "--application-id", app, "--events-request", request)

    assert answer == {"EventsResponse": ALL_ACCEPTED}
    assert sorted(gateway.stored(app)) == STORED
    [(stored,)] = gateway.rows(
        "SELECT event FROM events WHERE application_id = ? AND endpoint_id = 'endpoint-2'", app
    )
    assert json.loads(stored) == EVENT


def test_events_as_shorthand(aws: Aws, app: str, gateway: RunningGateway) -> None:
    request = (
        "BatchItem={phone={Endpoint={Address=a@example.com,ChannelType=EMAIL},"
        "Events={one={EventType=tap,Timestamp=2026-01-02T03:04:05Z,Attributes={page=home}},"
        "two={EventType=tap,Timestamp=2026-01-02T03:04:06Z,Metrics={price=1.5}}}}}"
    )

    aws("put-events", "--application-id", app, "--events-request", request)

    assert gateway.stored(app) == [("phone", "one", "tap"), ("phone", "two", "tap")]


def test_the_whole_call_from_cli_input_json(
    aws: Aws, app: str, gateway: RunningGateway, file: Callable[[Any], str]
) -> None:
    call = file({"ApplicationId": app, "EventsRequest": {"BatchItem": BATCH_ITEM}})

    assert aws("put-events", "--cli-input-json", call) == {"EventsResponse": ALL_ACCEPTED}
    assert sorted(gateway.stored(app)) == STORED


def test_an_option_beside_cli_input_json_wins(
    aws: Aws, app: str, gateway: RunningGateway, file: Callable[[Any], str]
) -> None:
    call = file({"ApplicationId": "another", "EventsRequest": {"BatchItem": BATCH_ITEM}})

    aws("put-events", "--application-id", app, "--cli-input-json", call)

    assert sorted(gateway.stored(app)) == STORED
    assert gateway.stored("another") == []


def test_the_input_skeleton_filled_in(
    aws: Aws, app: str, gateway: RunningGateway, file: Callable[[Any], str]
) -> None:
    skeleton = aws("put-events", "--generate-cli-skeleton", "input")
    [batch] = skeleton["EventsRequest"]["BatchItem"].values()
    [event] = batch["Events"].values()
    assert (set(event), set(batch["Endpoint"])) == (
        set(EVENT),
        set(ENDPOINT) | {"EndpointStatus"},
    )
    skeleton["ApplicationId"] = app
    skeleton["EventsRequest"]["BatchItem"] = BATCH_ITEM

    answer = aws("put-events", "--cli-input-json", file(skeleton))

    assert answer == {"EventsResponse": ALL_ACCEPTED}
    assert sorted(gateway.stored(app)) == STORED


def test_the_input_skeleton_as_it_is_ends_in_a_clear_error(
    program: Path, aws: Aws, run: Program, file: Callable[[Any], str]
) -> None:
    """It asks for application "", which no gateway serves."""
    call = file(aws("put-events", "--generate-cli-skeleton", "input"))

    status, output, errors = run(
        program, "pinpoint", "put-events", "--cli-input-json", call, "--endpoint-url", run.url
    )

    assert status != 0
    assert output == ""
    assert "NotFoundException" in errors


def test_an_answer_has_the_shape_of_the_output_skeleton(aws: Aws, app: str) -> None:
    """The CLI prints one only if the required options are there too."""
    request = '{"BatchItem":{"KeyName":{"Endpoint":{},"Events":{"KeyName":%s}}}}'
    request %= json.dumps({"EventType": "tap", "Timestamp": EVENT["Timestamp"]})
    options = ["put-events", "--application-id", app, "--events-request", request]

    skeleton = aws(*options, "--generate-cli-skeleton", "output")

    assert _shape(aws(*options)) == _shape(skeleton)


def test_a_refused_event_is_shown_beside_the_others(
    aws: Aws, app: str, gateway: RunningGateway
) -> None:
    events = {
        "good": {"EventType": "tap", "Timestamp": EVENT["Timestamp"]},
        "bad": {"EventType": "tap", "Timestamp": "not-a-date"},
    }
    request = json.dumps({"BatchItem": {"phone": {"Endpoint": {}, "Events": events}}})

    answer = aws("put-events", "--application-id", app, "--events-request", request)

    items = answer["EventsResponse"]["Results"]["phone"]["EventsItemResponse"]
    assert {i: item["StatusCode"] for i, item in items.items()} == {"good": 202, "bad": 400}
    assert gateway.stored(app) == [("phone", "good", "tap")]


def test_an_endpoint_written_and_read_back(aws: Aws, app: str, file: Callable[[Any], str]) -> None:
    options = ["--application-id", app, "--endpoint-id", "phone / ü"]

    updated = aws("update-endpoint", *options, "--endpoint-request", file(ENDPOINT))
    found = aws("get-endpoint", *options)["EndpointResponse"]

    assert updated["MessageBody"]["Message"] == "Accepted"
    assert {**found, **ENDPOINT} == found
    assert (found["Id"], found["ApplicationId"]) == ("phone / ü", app)
    assert found["EndpointStatus"] == "ACTIVE"


def test_an_unknown_endpoint_is_not_found(program: Path, run: Program, app: str) -> None:
    options = ["--application-id", app, "--endpoint-id", "nobody", "--endpoint-url", run.url]

    status, _, errors = run(program, "pinpoint", "get-endpoint", *options)

    assert status != 0
    assert "(NotFoundException)" in errors


def test_no_signature_is_needed(program: Path, run: Program, app: str) -> None:
    """Where `auth` is none the gateway asks for none; the CLI needs no credentials then."""
    request = json.dumps({"BatchItem": BATCH_ITEM})
    options = ["--application-id", app, "--events-request", request, "--endpoint-url", run.url]

    answer = run.json(program, "pinpoint", "put-events", *options, "--no-sign-request")

    assert answer == {"EventsResponse": ALL_ACCEPTED}


def test_version_1_finds_the_gateway_by_its_environment(
    run: Program, app: str, gateway: RunningGateway
) -> None:
    request = json.dumps({"BatchItem": BATCH_ITEM})
    options = ["--application-id", app, "--events-request", request]

    run.json(VERSION_1, "pinpoint", "put-events", *options, AWS_ENDPOINT_URL_PINPOINT=run.url)

    assert sorted(gateway.stored(app)) == STORED


def test_version_2_takes_the_call_as_yaml(
    run: Program, app: str, gateway: RunningGateway, tmp_path: Path
) -> None:
    if not VERSION_2.exists():
        pytest.skip("AWS CLI v2 is not installed here: apt-get install awscli")
    _, skeleton, _ = run(
        VERSION_2, "pinpoint", "put-events", "--generate-cli-skeleton", "yaml-input"
    )
    filled = re.sub(r"ApplicationId: ''", f"ApplicationId: '{app}'", skeleton)
    for name in ("Timestamp", "StartTimestamp", "StopTimestamp", "EffectiveDate"):
        filled = re.sub(rf"\b{name}: ''", f"{name}: '2026-01-02T03:04:05Z'", filled)
    filled = re.sub(r"\bEventType: ''", "EventType: 'tap'", filled)
    filled = re.sub(r"\bClientSdkVersion: ''", "ClientSdkVersion: '1'", filled)
    call = tmp_path / "call.yaml"
    call.write_text(filled)

    options = ["--cli-input-yaml", f"file://{call}", "--endpoint-url", run.url]
    run.json(VERSION_2, "pinpoint", "put-events", *options)

    assert gateway.stored(app) == [("KeyName", "KeyName", "tap")]


def _shape(answer: Any) -> Any:
    """The member names and types of a JSON value."""
    if isinstance(answer, dict):
        return {name: _shape(value) for name, value in answer.items()}
    return type(answer)
