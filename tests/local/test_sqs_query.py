"""SQS's query protocol: whatever is sent comes back, and whatever is wrong is said in XML."""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from local.database import FILE, Database
from local.http_messages import Request
from local.queue_message import QUEUE
from local.queues import Queues
from local.sqs import SqsApi
from local.sqs_messages import md5_of_attributes
from local.sqs_protocols import FORM, TARGET, action_of, respond

XMLNS = "{http://queue.amazonaws.com/doc/2012-11-05/}"
PROPERTY = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TAKEN = st.one_of(
    st.sampled_from("\t\n\r &<>'\"\u0085\u2028"),
    st.characters(min_codepoint=0x20, max_codepoint=0xD7FF),
    st.characters(min_codepoint=0xE000, max_codepoint=0xFFFD),
    st.characters(min_codepoint=0x10000),
)
TEXTS = st.text(TAKEN, min_size=1, max_size=50)
VALUES = st.one_of(
    st.fixed_dictionaries({"DataType": st.just("String"), "StringValue": TEXTS}),
    st.fixed_dictionaries(
        {
            "DataType": st.just("Binary"),
            "BinaryValue": st.binary(min_size=1).map(lambda b: base64.b64encode(b).decode()),
        }
    ),
)


@pytest.fixture(name="sqs", scope="module")
def _sqs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqsApi]:
    database = Database(tmp_path_factory.mktemp("sqs") / FILE)
    yield SqsApi(Queues(database, visibility_seconds=30))
    database.close()


def ask(sqs: SqsApi, body: bytes, path: str = f"/{QUEUE}") -> tuple[int, ElementTree.Element]:
    headers = [("Content-Type", f"{FORM}; charset=utf-8")]
    request = Request("POST", path, "", headers, body, "127.0.0.1", "HTTP/1.1")
    action = action_of(request)
    assert action
    response = respond(sqs, action, request)
    return response.status, ElementTree.fromstring(response.body)  # noqa: S314 # our own


def form(action: str, **parameters: str) -> bytes:
    return urlencode({"Action": action, "Version": "2012-11-05", **parameters}).encode()


def text(root: ElementTree.Element, path: str) -> str | None:
    return root.findtext("/".join(f"{XMLNS}{step}" for step in path.split("/")))


def attributes_of(message: ElementTree.Element) -> dict[str, Any]:
    return {
        str(text(entry, "Name")): {
            member.tag.removeprefix(XMLNS): member.text
            for member in entry.iterfind(f"{XMLNS}Value/*")
        }
        for entry in message.findall(f"{XMLNS}MessageAttribute")
    }


@PROPERTY
@example("one\r\ntwo\rthree", {"A": {"DataType": "String", "StringValue": "\r"}})
@given(TEXTS, st.dictionaries(TEXTS, VALUES, max_size=3))
def test_what_is_sent_is_received_letter_for_letter(
    sqs: SqsApi, body: str, attributes: dict[str, Any]
) -> None:
    parameters = {"MessageBody": body}
    for number, (name, value) in enumerate(attributes.items(), 1):
        parameters[f"MessageAttribute.{number}.Name"] = name
        for member, content in value.items():
            parameters[f"MessageAttribute.{number}.Value.{member}"] = content
    status, sent = ask(sqs, form("SendMessage", **parameters))
    _, received = ask(sqs, form("ReceiveMessage"))
    message = received.find(f"{XMLNS}ReceiveMessageResult/{XMLNS}Message")
    assert message is not None
    ask(sqs, form("DeleteMessage", ReceiptHandle=str(text(message, "ReceiptHandle"))))

    assert status == 200
    assert (text(message, "Body"), attributes_of(message)) == (body, attributes)
    digest = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
    assert text(message, "MD5OfBody") == text(sent, "SendMessageResult/MD5OfMessageBody") == digest
    wanted = md5_of_attributes(attributes) if attributes else None
    assert text(message, "MD5OfMessageAttributes") == wanted


@PROPERTY
@example(b"a=1&a.b=2")
@example(b"a.b=1&a=2")
@example(b"SendMessageBatchRequestEntry=1")
@example(b"SendMessageBatchRequestEntry.x.Id=1")
@example(b"MessageAttribute.1=1")
@example(b"MessageAttribute.1.Value.DataType=String")
@example(b"MessageAttribute.1.Name=%00&MessageBody=x")
@example(b"MessageBody=x&MessageAttribute.1.Name=n&MessageAttribute.1.Value=String")
@example(b"%00=1&%00=2")
@example(b"MessageBody=%ff")
@example(b"DelaySeconds=soon&MessageBody=x")
@given(st.binary(max_size=60))
def test_whatever_is_wrong_is_answered_400_in_xml(sqs: SqsApi, rest: bytes) -> None:
    for action in (b"SendMessage", b"SendMessageBatch", b"Nothing"):
        status, root = ask(sqs, b"Action=" + action + b"&" + rest)
        assert (status, root.tag) == (400, f"{XMLNS}ErrorResponse")
        assert text(root, "Error/Type") == "Sender"
        assert text(root, "Error/Code")
        assert text(root, "Error/Message")


def test_of_a_batch_only_what_is_wrong_fails(sqs: SqsApi) -> None:
    entries = {
        "good": {"MessageBody": "x"},
        "nul": {"MessageBody": "\0"},
        "empty": {"MessageBody": ""},
        "nul-in-attribute": {"MessageBody": "x", "String": "\0"},
        "no-base64": {"MessageBody": "x", "Binary": "???"},
        "half-of-base64": {"MessageBody": "x", "Binary": "A"},
    }
    parameters: dict[str, str] = {}
    for number, (entry_id, entry) in enumerate(entries.items(), 1):
        place = f"SendMessageBatchRequestEntry.{number}"
        parameters |= {f"{place}.Id": entry_id, f"{place}.MessageBody": entry["MessageBody"]}
        for kind in {"String", "Binary"} & {*entry}:
            value = f"{place}.MessageAttribute.1.Value"
            parameters[f"{place}.MessageAttribute.1.Name"] = "A"
            parameters |= {f"{value}.DataType": kind, f"{value}.{kind}Value": entry[kind]}
    status, root = ask(sqs, form("SendMessageBatch", **parameters))
    result = root.find(f"{XMLNS}SendMessageBatchResult")
    assert result is not None
    failed = {
        text(e, "Id"): text(e, "Code") for e in result.findall(f"{XMLNS}BatchResultErrorEntry")
    }

    assert status == 200
    [sent] = result.findall(f"{XMLNS}SendMessageBatchResultEntry")
    assert text(sent, "Id") == "good"
    assert failed == {
        "nul": "InvalidMessageContents",
        "empty": "InvalidParameterValue",
        "nul-in-attribute": "InvalidMessageContents",
        "no-base64": "InvalidParameterValue",
        "half-of-base64": "InvalidParameterValue",
    }


def test_half_a_surrogate_pair_fails_alone_in_the_json_protocol(sqs: SqsApi) -> None:
    attribute = {"A": {"DataType": "String", "StringValue": "\ud800"}}
    entries = [
        {"Id": "good", "MessageBody": "x"},
        {"Id": "body", "MessageBody": "\ud800"},
        {"Id": "attribute", "MessageBody": "x", "MessageAttributes": attribute},
    ]
    body = json.dumps({"QueueUrl": QUEUE, "Entries": entries}).encode()
    status, answer = sqs.answer("SendMessageBatch", body)

    assert status == 200
    assert [entry["Id"] for entry in answer["Successful"]] == ["good"]
    assert {e["Id"]: e["Code"] for e in answer["Failed"]} == {
        "body": "InvalidMessageContents",
        "attribute": "InvalidMessageContents",
    }


def test_json_that_is_nested_too_deeply_is_an_error_of_its_sender(sqs: SqsApi) -> None:
    status, answer = sqs.answer("SendMessage", b"[" * 100_000)

    assert (status, answer["__type"]) == (400, "com.amazonaws.sqs#SerializationException")


@pytest.mark.parametrize(
    ("method", "path", "header", "action"),
    [
        ("POST", "/", ("X-Amz-Target", f"{TARGET}SendMessage"), "SendMessage"),
        ("POST", "/dead-letters", ("Content-Type", FORM), "ReceiveMessage"),
        ("POST", "/v1/apps/a/events", ("Content-Type", FORM), None),  # curl -d
        ("GET", "/", ("Content-Type", FORM), None),
        ("POST", "/", ("Content-Type", "application/json"), None),
    ],
)
def test_who_is_a_client_of_sqs(
    method: str, path: str, header: tuple[str, str], action: str | None
) -> None:
    body = b"Version=1&Action=ReceiveMessage"
    request = Request(method, path, "", [header], body, "127.0.0.1", "HTTP/1.1")

    assert action_of(request) == action


def test_a_folder_that_cannot_be_written_is_a_503(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    database = Database(folder / FILE)
    database.check()
    folder.rename(tmp_path / "away")

    status, root = ask(SqsApi(Queues(database, 30)), form("SendMessage", MessageBody="x"))

    assert (status, text(root, "Error/Type")) == (503, "Receiver")
    assert text(root, "Error/Code") == "ServiceUnavailable"
