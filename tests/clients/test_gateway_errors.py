"""The spec's table of API Gateway's own errors: it is the deployment's, and clients raise it."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.gateway_responses import RESPONSES
from tests.clients.programs import HERE, NODE, ROOT, Program
from tests.loopback import Request, Response, serving

ATTEMPTS = 2


class Row(NamedTuple):
    names: str
    status: str
    type: str | None
    raised: str


def rows() -> list[Row]:
    """The table under "What API Gateway answers itself"."""
    section = (ROOT / "docs/spec.md").read_text().split("### What API Gateway answers itself")[1]
    lines = re.findall(r"^\| (`[A-Z].*) \| (\d+) \| (.*) \| `(\w+)` \|$", section, re.MULTILINE)
    return [
        Row(names, status, None if type_ == "not seen" else type_.strip("`"), raised)
        for names, status, type_, raised in lines
    ]


def by_type() -> list[Row]:
    """A row for each answer that looks different to a client."""
    return list({(row.status, row.type): row for row in rows()}.values())


@contextmanager
def answering(row: Row, calls: list[Request]) -> Iterator[str]:
    """An API whose gateway answers everything as the row says."""

    def respond(call: Request) -> Response:
        calls.append(call)
        headers = {"Content-Type": "application/json"}
        if row.type:
            headers["x-amzn-ErrorType"] = row.type
        body = json.dumps({"Message": "A text.", "RequestID": "r-1"})
        return Response(int(row.status), body.encode(), headers)

    with serving(respond) as url:
        yield url


def tries(row: Row) -> int:
    return ATTEMPTS if row.status == "500" else 1


def test_the_table_has_every_gateway_response_with_its_status() -> None:
    told = {name: row.status for row in rows() for name in re.findall(r"`(\w+)`", row.names)}

    assert told == {name: status for name, (status, _) in RESPONSES.items()}


@pytest.mark.parametrize("row", by_type(), ids=lambda row: f"{row.status}-{row.type}")
def test_boto3_raises_what_the_table_says(row: Row) -> None:
    calls: list[Request] = []
    with answering(row, calls) as url:
        client = boto3.client(
            "pinpoint",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="made-up",
            config=Config(retries={"total_max_attempts": ATTEMPTS}),
        )
        with pytest.raises(ClientError) as caught:
            client.put_events(ApplicationId="app", EventsRequest={"BatchItem": {}})

    assert type(caught.value).__name__ == row.raised
    assert caught.value.response["Error"] == {
        "Code": row.type or row.status,
        "Message": "A text.",
    }
    assert len(calls) == tries(row)


@pytest.mark.parametrize("row", by_type(), ids=lambda row: f"{row.status}-{row.type}")
def test_the_javascript_sdk_names_it(row: Row, tmp_path: Path) -> None:
    with answering(row, []) as url:
        thrown = Program(url, tmp_path).json(NODE, HERE / "javascript/errors-v3.mjs")

    assert thrown == {
        "name": row.type or "Unknown",
        "message": "A text.",
        "attempts": tries(row),
    }


def test_the_aws_cli_prints_it(program: Path, tmp_path: Path) -> None:
    [row] = [row for row in rows() if row.type == "InvalidSignatureException"]
    request = ["--application-id", "app", "--events-request", '{"BatchItem": {}}']
    with answering(row, []) as url:
        run = Program(url, tmp_path)
        status, _, errors = run(program, "pinpoint", "put-events", *request, "--endpoint-url", url)

    assert status in (254, 255)
    assert "An error occurred (InvalidSignatureException) when calling the PutEvents" in errors
