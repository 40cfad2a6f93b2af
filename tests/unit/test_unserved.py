"""Every operation of Pinpoint that is not served is named, and says where it can be called."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from commands.doctor.knowledge import operations
from putevents.unserved import find_unserved
from tests.every_operation import MODEL, NAMES, call, make_client
from tests.unit.doors import Doors, FakeDestination, FakeQueue, http_event

TABLE = Path(__file__).parents[2] / "lambda_src/putevents/unserved_operations.json"
PAGE = Path(__file__).parents[2] / "docs/pinpoint-operations.md"
SERVED = {"GetInAppMessages", "PutEvents", "UpdateEndpoint", "UpdateEndpointsBatch"}
READS = {"GetEndpoint", "DeleteEndpoint", "GetUserEndpoints", "DeleteUserEndpoints"}
# AWS: "APIs related to SMS, voice, mobile push, OTP, and phone number validate are not impacted".
LIVES = {"SendMessages", "SendOTPMessage", "VerifyOTPMessage", "PhoneNumberValidate", "CreateApp",
         "GetApp", "GetApps", "DeleteApp", "GetChannels"}  # fmt: skip
_UNSURE = (
    "EmailChannel", "EmailTemplate", "PushTemplate", "SmsTemplate", "VoiceTemplate",
    "ListTemplates", "ListTemplateVersions", "TemplateActiveVersion", "Resource",
)  # fmt: skip


def state(name: str) -> str:
    """What AWS's notice says of an operation."""
    if name in READS:
        return "off"
    if name.endswith(_UNSURE):
        return "unsure"
    return "lives" if name in LIVES or name.endswith("Channel") else "ended"


def client_of(doors: Doors) -> Any:
    """A real client whose requests the handler answers in this process."""

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        body = request.body or b""
        text = body.decode() if isinstance(body, bytes) else str(body)
        path = urlsplit(str(request.url)).path
        status, told, headers = doors.answer(http_event(text, path, request.method))
        raw = json.dumps(told).encode()
        return AWSResponse(request.url, status, HTTPHeaders.from_dict(headers), _Raw(raw))

    client = make_client("http://gateway.test")
    client.meta.events.register("before-send.pinpoint", answer)
    return client


class _Raw:
    """What botocore reads a body from."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> list[bytes]:
        return [self._body]


@pytest.fixture(name="client", scope="module")
def _client() -> Any:
    return client_of(Doors(FakeDestination(), FakeQueue(), ENDPOINT_READS="false"))


def test_the_table_has_every_operation_of_the_model_as_the_model_has_it() -> None:
    table = {
        n: o for group in json.loads(TABLE.read_text()) for n, o in group["operations"].items()
    }
    paths = {name: MODEL.operation_model(name).http for name in {*NAMES} - SERVED}

    assert {name: operation.replace("+}", "}") for name, operation in table.items()} == {
        name: f"{http['method']} {http['requestUri']}" for name, http in paths.items()
    }


def test_the_table_says_of_each_operation_what_aws_says() -> None:
    said: dict[str, set[str]] = defaultdict(set)
    for group in json.loads(TABLE.read_text()):
        said[group["state"]] |= group["operations"].keys()
    assert said == {kind: {n for n in {*NAMES} - SERVED if state(n) == kind} for kind in said}


@pytest.mark.parametrize("name", sorted({*NAMES} - SERVED))
def test_an_operation_that_is_not_served_is_named(client: Any, name: str) -> None:
    status, code, message = call(client, name)

    is_known_path = name in ("GetEndpoint", "DeleteEndpoint")
    kind = (405, "MethodNotAllowedException") if is_known_path else (404, "NotFoundException")
    assert (status, code) == kind
    assert message.startswith(f"{name} is not served here")
    assert ("it lives on at AWS. Call it with a client without an" in message) == (
        state(name) == "lives"
    )
    assert ("it ended with Amazon Pinpoint" in message) == (state(name) == "ended")
    assert ("AWS does not say whether it lives on" in message) == (state(name) == "unsure")
    assert ("https://docs.aws.amazon.com/" in message) == (name not in READS)


@pytest.mark.parametrize("name", sorted(SERVED))
def test_what_is_served_is_answered(client: Any, name: str) -> None:
    assert call(client, name)[0] in (200, 202)


def test_reads_that_are_served_are_answered() -> None:
    client = client_of(Doors(FakeDestination(), FakeQueue(), ENDPOINT_READS="true"))
    for name in READS:
        assert call(client, name) == (404, "NotFoundException", "Endpoint not found.")


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("DELETE", "/v1/apps/my-app/", "DeleteApp"),
        ("GET", "/v1/apps/not-served", "GetApp"),
        ("GET", "/v1/tags/arn:aws:mobiletargeting:us-east-1:1:apps/a/b", "ListTagsForResource"),
        ("GET", "/v1/tags/arn%3Aaws%2Fa", "ListTagsForResource"),
        ("GET", "/v1/tags/", None),
        ("PATCH", "/v1/apps", None),
        ("GET", "/v1/apps//channels", None),
        ("POST", "/v1/apps/my-app/messages/more", None),
        ("POST", "/V1/apps/my-app/messages", None),
        ("POST", "/", None),
        ("POST", "/v1/apps/" + "a/" * 100_000, None),
    ],
)
def test_only_an_operation_of_pinpoint_is_named(method: str, path: str, name: str | None) -> None:
    found = find_unserved(method, path)

    assert (found and found.name) == name


def test_an_operation_is_in_the_log_by_its_name(
    doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    doors.call("POST", "/v1/apps/my-app/messages", {})
    doors.call("POST", "/v1/apps/my-app/other", {})

    lines = [record for record in caplog.records if record.message == "rejected whole"]
    assert [getattr(line, "operation", None) for line in lines] == ["SendMessages", None]


def test_the_page_lists_every_operation() -> None:
    """After a change of the table, write the rows that this test prints between the marks."""
    states = {"lives": "lives on at AWS", "ended": "ended", "unsure": "unsure", "off": "by setting"}
    rows = ["| operations | | where, or the replacement |", "| --- | --- | --- |"]
    for group in json.loads(TABLE.read_text()):
        names = ", ".join(f"`{name}`" for name in group["operations"])
        rows.append(f"| {names} | {states[group['state']]} | {group['hint']} |")

    page = PAGE.read_text().partition("<!-- operations -->\n")[2].partition("\n<!-- end -->")[0]
    assert page.splitlines() == rows, "\n".join(rows)


def test_the_gateway_and_the_doctor_say_the_same_of_every_operation() -> None:
    table = json.loads(TABLE.read_text())
    said = {name: group["state"] for group in table for name in group["operations"]}

    assert {name: fate.state.value for name, fate in operations().items()} == {
        **said, **dict.fromkeys(SERVED, "served"),
    }  # fmt: skip
