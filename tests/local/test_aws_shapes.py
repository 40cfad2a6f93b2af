"""The events that the handlers get have the shape of AWS's own."""

import base64
import json
import re
from dataclasses import replace

import pytest
from aws_lambda_powertools.utilities.parser.models import (
    APIGatewayProxyEventModel,
    SqsModel,
)

from local.api_gateway import ANY_RESOURCE, RESOURCES, proxy_event, proxy_response
from local.event_source import sqs_event
from local.http_messages import Request, Response
from local.lambda_function import HandlerError, LambdaContext, LambdaFunction
from local.queue_message import Message
from local.sqs_messages import md5_of_attributes
from tests.unit.doors import Doors, FakeDestination, FakeQueue


def request(
    path: str = "/v1/apps/my%20app/events", body: bytes = b"{}", query: str = ""
) -> Request:
    headers = [("Host", "x"), ("X-Two", "1"), ("X-Two", "2"), ("User-Agent", "test")]
    return Request("POST", path, query, headers, body, "127.0.0.1", "HTTP/1.1")


def test_an_http_request_becomes_a_proxy_event() -> None:
    event = proxy_event(request(query="a=1&a=2&b="))

    assert APIGatewayProxyEventModel.model_validate(event)
    assert json.loads(json.dumps(event)) == event
    assert event["path"] == "/v1/apps/my%20app/events"
    assert event["resource"] == "/v1/apps/{application-id}/events"
    assert event["pathParameters"] == {"application-id": "my%20app"}
    assert event["headers"]["X-Two"] == "2"
    assert event["multiValueHeaders"]["X-Two"] == ["1", "2"]
    assert event["queryStringParameters"] == {"a": "2", "b": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": [""]}
    assert event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"


def test_an_event_says_when_the_request_was_received() -> None:
    received = replace(request(), received_ms=1_764_054_000_123)
    context = proxy_event(received)["requestContext"]

    assert context["requestTimeEpoch"] == 1_764_054_000_123
    assert context["requestTime"] == "25/Nov/2025:07:00:00 +0000"


def test_a_second_slash_before_the_path_changes_nothing_but_the_path() -> None:
    event = proxy_event(request("//v1/apps/my%20app/events"))

    assert event["path"] == "//v1/apps/my%20app/events"
    assert event["resource"] == "/v1/apps/{application-id}/events"
    assert event["pathParameters"] == {"application-id": "my%20app"}


def test_a_body_is_base64_and_no_body_is_null() -> None:
    event, empty = proxy_event(request(body=b"\xff\x00")), proxy_event(request(body=b""))

    assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (b"\xff\x00", True)
    assert (empty["body"], empty["isBase64Encoded"]) == (None, False)


def test_an_unknown_path_goes_to_the_catch_all_resource() -> None:
    event = proxy_event(request("/v1/apps//events"))

    assert event["resource"] == ANY_RESOURCE
    assert event["pathParameters"] == {"proxy": "v1/apps//events"}


def test_the_resources_are_the_resolvers_routes() -> None:
    app = Doors(FakeDestination(), FakeQueue()).api.app
    routes = {
        re.sub(r"<(\w+)>", lambda m: "{" + m[1].replace("_", "-") + "}", route.path)
        for route in app._dynamic_routes
    }

    assert routes == set(RESOURCES)


def test_a_proxy_answer_becomes_a_response_without_what_api_gateway_writes_itself() -> None:
    answer = {
        "statusCode": 202,
        "headers": {"Content-Type": "a/b", "X-Twice": "old"},
        "multiValueHeaders": {"x-twice": ["1", "2"], "Date": ["never"], "Content-Length": ["7"]},
        "body": "/wA=",
        "isBase64Encoded": True,
    }

    headers = [("Content-Type", "a/b"), ("x-twice", "1"), ("x-twice", "2")]
    assert proxy_response(answer) == Response(202, headers, b"\xff\x00")


def test_messages_become_an_sqs_event() -> None:
    attributes = {"Attempt": {"DataType": "Number", "StringValue": "2"}}
    message = Message("id-1", "{}", attributes, 1000, 2000, 3, "handle")

    event = sqs_event([message], "eu-west-1")
    record = SqsModel.model_validate(event).Records[0]

    assert (record.messageId, record.receiptHandle, record.body) == ("id-1", "handle", "{}")
    assert record.messageAttributes["Attempt"].stringValue == "2"
    assert record.messageAttributes["Attempt"].dataType == "Number"
    assert record.attributes.ApproximateReceiveCount == "3"
    assert record.eventSourceARN == "arn:aws:sqs:eu-west-1:000000000000:queue"


def test_the_digest_of_attributes_is_the_one_that_sqs_makes() -> None:
    attributes = {
        "timestamp": {"StringValue": "1493147359900", "DataType": "Number"},
        "id": {"StringValue": "a", "DataType": "String"},
    }

    # The construction of the SQS developer guide, written out by hand.
    parts = [b"id", b"String", b"\x01", b"a", b"timestamp", b"Number", b"\x01", b"1493147359900"]
    text = b"".join(p if p == b"\x01" else len(p).to_bytes(4, "big") + p for p in parts)
    import hashlib

    assert md5_of_attributes(attributes) == hashlib.md5(text, usedforsecurity=False).hexdigest()


def test_a_handler_gets_a_context_and_its_answer_goes_through_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen: list[LambdaContext] = []

    def handler(event: dict[str, str], context: LambdaContext) -> dict[str, object]:
        seen.append(context)
        return {"pair": (1, 2)} if event else {"set": {1}}

    function = LambdaFunction(lambda: handler, "local-api", 28, max_environments=1)

    assert function.invoke({"any": "thing"}) == {"pair": [1, 2]}
    assert 27_000 < seen[0].get_remaining_time_in_millis() <= 28_000
    assert seen[0].invoked_function_arn.endswith(":function:local-api")
    with pytest.raises(HandlerError, match="TypeError"):
        function.invoke({})
    assert "not JSON serializable" in capsys.readouterr().out
