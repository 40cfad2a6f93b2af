"""Requests that schemathesis makes of docs/openapi.json find nothing wrong with `make run`."""

from pathlib import Path
from typing import Any

import pytest

from tests.contract.fuzz import run_schemathesis
from tests.contract.per_part import wrong_parts
from tests.local.running_gateway import EVENT, RunningGateway

SECONDS = 300  # a limit, not a time that is measured
OK = {"StatusCode": 202, "Message": "Accepted"}
BAD = {"StatusCode": 400, "Message": "Missing EventType (EventType)"}


def test_document_and_server_agree_on_whatever_schemathesis_sends(tmp_path: Path) -> None:
    gateway = RunningGateway(tmp_path / "data")
    try:
        options = ["--seed", "1", "--max-examples", "5"]
        done = run_schemathesis(gateway.url, *options, folder=tmp_path, seconds=SECONDS)
    finally:
        gateway.end()

    assert done.returncode == 0, done.stdout
    assert "Selected: 10/10" in done.stdout


@pytest.mark.parametrize(
    ("events", "told", "wrong"),
    [
        ({"1": EVENT}, {"1": OK}, 0),
        ({"1": {}}, {"1": BAD}, 0),
        ({"1": {}}, {"1": OK}, 1),
        ({"1": EVENT}, {"1": BAD}, 1),
        ({"1": EVENT}, {}, 1),
        ({"1": EVENT}, {"1": OK, "2": OK}, 1),
        ({"1": EVENT}, {"1": {"StatusCode": 202, "Message": "OK"}}, 1),
    ],
)
def test_an_answer_that_differs_from_the_schemas_is_found(
    events: dict[str, Any], told: dict[str, Any], wrong: int
) -> None:
    body = {"BatchItem": {"phone": {"Endpoint": {}, "Events": events}}}
    results = {"phone": {"EndpointItemResponse": OK, "EventsItemResponse": told}}
    assert len(list(wrong_parts(body, results))) == wrong
    assert len(list(wrong_parts(body, {}))) == 1
