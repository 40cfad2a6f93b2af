"""docs/openapi.json is of the code as it is, valid, and its examples are answered as it says."""

import base64
import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any, NamedTuple

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from infra.gateway_responses import RESPONSES
from local.api_gateway import RESOURCES
from putevents.errors import DestinationError
from putevents.wire.answers import FAILED
from tests.contract.openapi_answers import ERROR_TYPES
from tests.contract.openapi_document import DOCUMENT, make_document, real_routes, written
from tests.local.running_gateway import RunningGateway

TEXT = DOCUMENT.read_text()
SPEC: dict[str, Any] = json.loads(TEXT)
OF_THE_MOMENT = ("RequestID", "RequestId", "EffectiveDate", "CreationDate", "CohortId")


class Example(NamedTuple):
    """An example of an answer, and where it stands."""

    operation: str
    status: int
    name: str
    given: dict[str, Any]
    response: dict[str, Any]


def examples() -> Iterator[Example]:
    for methods in SPEC["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                for name, given in (
                    response["content"]["application/json"].get("examples", {}).items()
                ):
                    yield Example(operation["operationId"], int(status), name, given, response)


EXAMPLES = list(examples())
SENT = [example for example in EXAMPLES if "x-request" in example.given]


def test_it_is_of_the_code_as_it_is() -> None:
    assert written(make_document()) == TEXT, "docs/openapi.json is stale: make openapi"


def test_it_is_openapi_3_1() -> None:
    errors = [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(SPEC)]
    assert errors == []
    for schema in SPEC["components"]["schemas"].values():
        jsonschema_rs.validator_for({**schema, "components": SPEC["components"]})


def test_it_has_the_routes_of_the_resolver_and_of_api_gateway() -> None:
    described = {
        (method.upper(), path) for path, methods in SPEC["paths"].items() for method in methods
    }
    served = {(r.method, r.path.replace("<", "{").replace(">", "}")) for r in real_routes()}
    assert described == served
    assert {path.replace("_id}", "-id}") for path in SPEC["paths"]} == set(RESOURCES)


def test_each_answer_has_an_example() -> None:
    of_put_events = {e.status for e in EXAMPLES if e.operation == "PutEvents"}
    assert of_put_events == {202, *ERROR_TYPES}
    described = {
        (operation["operationId"], int(status))
        for methods in SPEC["paths"].values()
        for operation in methods.values()
        for status in operation["responses"]
    }
    assert described == {(example.operation, example.status) for example in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.operation}: {e.name}")
def test_an_example_is_of_its_schema(example: Example) -> None:
    schema = example.response["content"]["application/json"]["schema"]
    validate(example.given["value"], schema)


def test_an_example_of_a_request_is_of_its_schema() -> None:
    bodies = [
        operation["requestBody"]["content"]["application/json"]
        for methods in SPEC["paths"].values()
        for operation in methods.values()
        if "requestBody" in operation
    ]
    assert len(bodies) == 5
    for body in bodies:
        for example in body["examples"].values():
            validate(example["value"], body["schema"])


@pytest.mark.parametrize("example", SENT, ids=lambda e: f"{e.operation}: {e.name}")
def test_an_example_is_answered_as_it_says(gateway: RunningGateway, example: Example) -> None:
    for before in example.given.get("x-after", []):
        assert send(gateway, before)[0] == 202
    status, answer, headers = send(gateway, example.given["x-request"])

    assert status == example.status
    assert without_moment(answer) == without_moment(example.given["value"])
    for name, header in example.response["headers"].items():
        validate(headers[name.lower()], header["schema"])
    assert headers.get("x-amzn-errortype") == ERROR_TYPES.get(status)


def test_what_others_answer_is_what_the_code_has_them_say() -> None:
    others = {e.name: e for e in EXAMPLES if "x-answered-by" in e.given}
    assert set(others) == {"not delivered", "not signed", "throttled", "no answer"}
    results = others["not delivered"].given["value"]["Results"]
    assert results["phone"]["EventsItemResponse"]["1"] == FAILED
    assert others["no answer"].given["value"]["Message"] == str(DestinationError())
    throttled = others["throttled"]
    status, text = RESPONSES["THROTTLED"]
    assert (str(throttled.status), f'"{throttled.given["value"]["Message"]}"') == (status, text)
    assert RESPONSES["MISSING_AUTHENTICATION_TOKEN"][0] == str(others["not signed"].status)


def send(gateway: RunningGateway, request: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
    """Status, JSON and headers of the answer to an x-request."""
    body: bytes | None = None
    if "body" in request:
        body = json.dumps(request["body"]).encode()
    elif "base64" in request:
        body = base64.b64decode(request["base64"])
    elif "spaces" in request:
        body = b" " * request["spaces"]
    elif "text" in request:
        body = request["text"].encode()
    with closing(gateway.connect()) as connection:
        headers = {"Content-Type": "application/json", **request.get("headers", {})}
        connection.request(request["method"], request["path"], body, headers)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.headers.items()}
        return response.status, json.loads(response.read()), found


def validate(value: Any, schema: dict[str, Any]) -> None:
    jsonschema_rs.Draft202012Validator({**schema, "components": SPEC["components"]}).validate(value)


def without_moment(answer: Any) -> Any:
    """The same without what differs each time."""
    if isinstance(answer, dict):
        return {k: type(v) if k in OF_THE_MOMENT else without_moment(v) for k, v in answer.items()}
    return [without_moment(part) for part in answer] if isinstance(answer, list) else answer
