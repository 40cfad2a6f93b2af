"""The deployed gateway as its clients and producers meet it: HTTP and SQS."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.deployed.deployment import Deployment
from tests.deployed.emulator import REGION

APPLICATION = "my-app"
SECONDS = 40


@dataclass(frozen=True)
class Answer:
    """What an HTTP request was answered."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def items(self) -> dict[str, tuple[int, str]]:
        """Each event's code and text, by event id."""
        return {
            event_id: (item["StatusCode"], item["Message"])
            for endpoint in self.json["Results"].values()
            for event_id, item in endpoint["EventsItemResponse"].items()
        }


def send(
    url: str, body: bytes = b"", method: str = "POST", headers: Mapping[str, str] | None = None
) -> Answer:
    """Send a request with these headers and no others but Host and Content-Length."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=SECONDS)
    try:
        path = parts._replace(scheme="", netloc="").geturl()
        connection.request(method, path, body or None, dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def sign(
    url: str, body: bytes, method: str, headers: Mapping[str, str], key: str, secret: str
) -> dict[str, str]:
    """The headers with an AWS signature, as a client of an API with IAM authorization makes it."""
    request = AWSRequest(method, url, headers=dict(headers), data=body)
    SigV4Auth(Credentials(key, secret), "execute-api", REGION).add_auth(request)
    return dict(request.headers)


class Gateway:
    """A deployment, called as a user of its account who may call the API and nothing else."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.sqs = deployment.emulator.client("sqs")
        self._user = f"client-{secrets.token_hex(4)}"
        self.key, self.secret = self._make_user()

    def put_events(
        self, request: object, application_id: str = APPLICATION, **options: Any
    ) -> Answer:
        """POST an EventsRequest, or whatever stands for one."""
        body = request if isinstance(request, bytes) else json.dumps(request).encode()
        return self.call(f"/v1/apps/{application_id}/events", body, **options)

    def call(
        self,
        path: str,
        body: bytes = b"",
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a signed request."""
        url = self.deployment.api + path
        sent = {"Content-Type": "application/json", **(headers or {})}
        signed = sign(url, body, method, sent, self.key, self.secret)
        return send(url, body, method, signed)

    def produce(self, *bodies: str, attempt: int = 0) -> None:
        """Send messages to the queue, ten at most, as one batch; as if they had been tried."""
        number = {"Attempt": {"DataType": "Number", "StringValue": str(attempt)}}
        tried = number if attempt else {}
        entries = [
            {"Id": str(n), "MessageBody": body, "MessageAttributes": tried}
            for n, body in enumerate(bodies)
        ]
        answer = self.sqs.send_message_batch(QueueUrl=self.queue, Entries=entries)
        assert len(answer.get("Successful", [])) == len(bodies), answer

    @property
    def queue(self) -> str:
        return self.deployment.outputs["QueueUrl"]

    @property
    def dead_letter_queue(self) -> str:
        return self.deployment.outputs["DeadLetterQueueUrl"]

    def dead_letters(self) -> list[dict[str, Any]]:
        """The messages in the dead-letter queue; they stay there."""
        answer = self.sqs.receive_message(
            QueueUrl=self.dead_letter_queue,
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageAttributeNames=["All"],
        )
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    def waiting(self) -> int:
        """How many messages the queue holds, seen or not."""
        answer = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["All"])
        counts = answer["Attributes"].items()
        return sum(int(n) for name, n in counts if name.startswith("ApproximateNumberOf"))

    def attach(self, policy: str) -> None:
        """Give the user this policy in place of the one that allows every call to the API."""
        iam = self.deployment.emulator.client("iam")
        iam.put_user_policy(UserName=self._user, PolicyName="call", PolicyDocument=policy)

    def _make_user(self) -> tuple[str, str]:
        iam = self.deployment.emulator.client("iam")
        name = self._user
        iam.create_user(UserName=name)
        *_, api_id, stage = self.deployment.api.split("/")
        statement = {
            "Effect": "Allow",
            "Action": "execute-api:Invoke",
            "Resource": f"arn:aws:execute-api:{REGION}:*:{api_id}/{stage}/*",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        iam.put_user_policy(UserName=name, PolicyName="call", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]
