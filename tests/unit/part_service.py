"""A service that is asked by a real client of boto3 and answers each part as a test says."""

import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from urllib3 import HTTPResponse

Answer = Callable[[list[Any]], tuple[int, bytes]]


@dataclass
class PartService:
    """Sits where the client would send; `parts` are the name of the list in request and answer."""

    client: Any
    parts: str
    answer: Answer
    calls: list[list[Any]] = field(default_factory=list)  # the parts of each call
    sent: list[Any] = field(default_factory=list)  # the body of each call

    def __post_init__(self) -> None:
        service = self.client.meta.service_model.service_id.hyphenize()
        self.client.meta.events.register(f"before-send.{service}", self._send)

    def _send(self, request: Any, **_: Any) -> AWSResponse:
        self.sent.append(json.loads(request.body))
        self.calls.append(self.sent[-1][self.parts])
        status, body = self.answer(self.calls[-1])
        raw = HTTPResponse(BytesIO(body), preload_content=False)
        return AWSResponse(request.url, status, HTTPHeaders(), raw)


def each(parts: str, told: Callable[[int, Any], Any]) -> Answer:
    """Answer each part by its place among all that came, and by what it is."""
    seen = 0

    def answer(sent: list[Any]) -> tuple[int, bytes]:
        nonlocal seen
        answers = [told(seen + place, part) for place, part in enumerate(sent)]
        seen += len(sent)
        return 200, json.dumps({parts: answers}).encode()

    return answer


def final(answers: Any) -> dict[str, Any]:
    """What is settled of the answers for an endpoint's events; the others only say why not."""
    settled = {id_: told for id_, told in answers.items() if told["StatusCode"] < 500}
    assert all(answers[id_]["StatusCode"] == 500 for id_ in answers.keys() - settled.keys())
    return settled


def failing(code: str) -> Answer:
    """Answer every call with an error."""
    body = json.dumps({"__type": code, "message": "No."}).encode()
    return lambda _: (400, body)


def data_of(record: Any) -> Any:
    """What a Kinesis record holds, whole."""
    return json.loads(b64decode(record["Data"]))
