"""A subject to verify whose gateway is on loopback and whose AWS answers what a test says."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import boto3
from botocore.session import Session
from botocore.stub import Stubber

from commands.deployed import Outputs
from commands.send.auth import Target, authorization
from commands.send.client import Client
from commands.verify.subject import Subject

LAKE = {"LakeDatabase": "lake", "LakeWorkGroup": "lake", "QueueUrl": "https://sqs/queue",
        "DeadLetterQueueUrl": "https://sqs/dead"}  # fmt: skip
Answers = Mapping[str, list[tuple[str, dict[str, Any]]]]


class Aws:
    """Makes clients that give these answers, in this order and no others."""

    def __init__(self, answers: Answers) -> None:
        self._clients = {}
        self._stubs = ExitStack()
        for service, given in answers.items():
            client: Any = boto3.client(
                service, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
            )
            stub = self._stubs.enter_context(Stubber(client))
            for operation, answer in given:
                stub.add_response(operation, answer)
            self._clients[service] = client

    def __call__(self, service: str) -> Any:
        """The client of a service."""
        return self._clients[service]


def subject(
    answers: Answers | None = None,
    *,
    resources: dict[str, list[str]] | None = None,
    url: str = "http://127.0.0.1:1",
    auth: str = "api-key",
    outputs: dict[str, str] = LAKE,
    large: bool = False,
) -> Subject:
    """A subject whose checks wait for nothing."""
    to = Target(url=url, auth=auth, token=None, api_key="key", region=None, profile=None)
    session = Session()
    return Subject(
        target=to,
        client=Client(url, authorization(to, session), session=session, connections=1),
        aws=Aws(answers or {}),
        stack="PutEventsGateway",
        outputs=Outputs(outputs),
        resources=resources or {},
        application_id="my-app",
        wait_seconds=0,
        large=large,
    )


def athena(*found: list[dict[str, str]]) -> list[tuple[str, dict[str, Any]]]:
    """The answers of queries that find these rows."""
    return [answer for rows in found for answer in _query(rows)]


def _query(rows: list[dict[str, str]]) -> list[tuple[str, dict[str, Any]]]:
    lines = [list(rows[0])] if rows else [["event_id"]]
    lines += [list(row.values()) for row in rows]
    cells = [{"Data": [{"VarCharValue": value} for value in line]} for line in lines]
    return [
        ("start_query_execution", {"QueryExecutionId": "q"}),
        ("get_query_execution", {"QueryExecution": {"Status": {"State": "SUCCEEDED"}}}),
        ("get_query_results", {"ResultSet": {"Rows": cells}}),
    ]
