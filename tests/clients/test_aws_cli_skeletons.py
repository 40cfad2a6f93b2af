"""`aws pinpoint put-events --generate-cli-skeleton`: filled in, as it is, and what is answered."""

import json
import re
from pathlib import Path
from typing import Any

from tests.clients.aws_cli import Aws, File, version_2
from tests.clients.payload import ALL_ACCEPTED, BATCH_ITEM, ENDPOINT, EVENT, STORED
from tests.clients.programs import Program
from tests.local.running_gateway import RunningGateway


def test_the_input_skeleton_filled_in(
    aws: Aws, app: str, gateway: RunningGateway, file: File
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
    program: Path, aws: Aws, run: Program, file: File
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


def test_version_2_takes_the_call_as_yaml(
    run: Program, app: str, gateway: RunningGateway, tmp_path: Path
) -> None:
    program = version_2()
    _, skeleton, _ = run(program, "pinpoint", "put-events", "--generate-cli-skeleton", "yaml-input")
    filled = re.sub(r"ApplicationId: ''", f"ApplicationId: '{app}'", skeleton)
    for name in ("Timestamp", "StartTimestamp", "StopTimestamp", "EffectiveDate"):
        filled = re.sub(rf"\b{name}: ''", f"{name}: '2026-01-02T03:04:05Z'", filled)
    filled = re.sub(r"\bEventType: ''", "EventType: 'tap'", filled)
    filled = re.sub(r"\bClientSdkVersion: ''", "ClientSdkVersion: '1'", filled)
    call = tmp_path / "call.yaml"
    call.write_text(filled)

    options = ["--cli-input-yaml", f"file://{call}", "--endpoint-url", run.url]
    run.json(program, "pinpoint", "put-events", *options)

    assert gateway.stored(app) == [("KeyName", "KeyName", "tap")]


def _shape(answer: Any) -> Any:
    """The member names and types of a JSON value."""
    if isinstance(answer, dict):
        return {name: _shape(value) for name, value in answer.items()}
    return type(answer)
