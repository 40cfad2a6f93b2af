"""`aws pinpoint update-endpoint` and `get-endpoint`, and how the AWS CLI finds the gateway."""

import json
from pathlib import Path

from tests.clients.aws_cli import VERSION_1, Aws, File
from tests.clients.payload import ALL_ACCEPTED, BATCH_ITEM, ENDPOINT, STORED
from tests.clients.programs import Program
from tests.local.running_gateway import RunningGateway


def test_an_endpoint_written_and_read_back(aws: Aws, app: str, file: File) -> None:
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
