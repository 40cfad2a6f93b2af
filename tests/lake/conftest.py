"""The lake's own code in this process, against DynamoDB and Firehose of an emulated AWS."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from putevents.destinations.lake.destination import LakeDestination
from putevents.destinations.lake.dynamodb import INDEXES, KEYS, DynamoDBItems
from putevents.endpoints.table import EndpointTable
from tests.deployed.aws_faults import Faults
from tests.deployed.emulator import ACCOUNT, ROOT, Emulator

BUCKET = "lake"
PAGE = (ROOT / "docs/endpoint-table.md").read_text()
MakeStream = Callable[[str], Callable[[], list[Any]]]


@pytest.fixture(name="aws", scope="session")
def _aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulated AWS."""
    emulator = Emulator(tmp_path_factory.mktemp("lake"))
    emulator.start(with_parent=True)
    yield emulator
    emulator.stop()


@contextmanager
def clients_of(emulator: Emulator) -> Iterator[pytest.MonkeyPatch]:
    """Let the clients that the code makes meanwhile find themselves in the emulated AWS."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in emulator.environment().items():
            patch.setenv(name, value)
        for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE"):
            patch.delenv(name, raising=False)
        # The session keeps the credentials that it once found.
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        yield patch


@pytest.fixture(name="table", scope="session")
def _table(aws: Emulator) -> str:
    """A table with the keys and indexes of the deployed one; its name."""
    attributes = [*KEYS, *INDEXES]
    name = "endpoints"
    aws.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": a, "AttributeType": "S"} for a in attributes],
        KeySchema=_schema(*KEYS),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": _schema(attribute, "application_id"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for attribute, index in INDEXES.items()
        ],
    )
    return name


@pytest.fixture(name="endpoints", scope="session")
def _endpoints(aws: Emulator, table: str) -> EndpointTable:
    with clients_of(aws):
        return EndpointTable(DynamoDBItems(table))


@pytest.fixture(name="lake", scope="session")
def _lake(aws: Emulator, table: str) -> LakeDestination:
    """The destination, with streams that write what they are given, unconverted, into a bucket."""
    aws.client("s3").create_bucket(Bucket=BUCKET)
    with clients_of(aws) as patch:
        patch.setenv("ENDPOINT_TABLE", table)
        patch.setenv("EVENT_STREAM_PREFIX", "events-")
        patch.setenv("REJECTED_STREAM", "rejected")
        return LakeDestination()


@pytest.fixture(name="stream")
def _stream(aws: Emulator) -> Iterator[MakeStream]:
    """Makes a delivery stream, and reads what came through it."""

    def make(name: str) -> Callable[[], list[Any]]:
        aws.client("firehose").create_delivery_stream(
            DeliveryStreamName=name,
            ExtendedS3DestinationConfiguration={
                "RoleARN": f"arn:aws:iam::{ACCOUNT}:role/firehose",
                "BucketARN": f"arn:aws:s3:::{BUCKET}",
                "Prefix": f"{name}/",
            },
        )
        return lambda: _documents(aws, f"{name}/")

    yield make
    Faults(aws).set()


def _documents(aws: Emulator, prefix: str) -> list[Any]:
    s3 = aws.client("s3")
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    bodies = [s3.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read() for item in found]
    return [json.loads(line) for body in bodies for line in body.splitlines()]


@pytest.fixture(name="app")
def _app() -> str:
    """An application of the test's own, so that it sees nothing of the others."""
    return f"app-{secrets.token_hex(4)}"


def _schema(hash_key: str, range_key: str) -> list[dict[str, Any]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]
