"""The lake's own code in this process, against DynamoDB and Firehose of an emulated AWS."""

import secrets
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from infra.endpoint_table import INDEXES
from putevents.destinations.endpoint_table import EndpointTable
from tests.deployed.emulator import Emulator


@pytest.fixture(name="aws", scope="session")
def _aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulated AWS in which the code's own clients find themselves."""
    emulator = Emulator(tmp_path_factory.mktemp("lake"))
    emulator.start(with_parent=True)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in emulator.environment().items():
            patch.setenv(name, value)
        # boto3's own session remembers the credentials that it found first in this process.
        for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE"):
            patch.delenv(name, raising=False)
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        yield emulator
    emulator.stop()


@pytest.fixture(name="table", scope="session")
def _table(aws: Emulator) -> str:
    """A table with the keys and indexes of the deployed one; its name."""
    keys = ("application_id", "endpoint_id")
    attributes = [*keys, *INDEXES.values()]
    name = "endpoints"
    aws.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": a, "AttributeType": "S"} for a in attributes],
        KeySchema=_schema(*keys),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": _schema(attribute, "application_id"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for index, attribute in INDEXES.items()
        ],
    )
    return name


@pytest.fixture(name="endpoints", scope="session")
def _endpoints(table: str) -> EndpointTable:
    return EndpointTable(table)


@pytest.fixture(name="app")
def _app() -> str:
    """An application of the test's own, so that it sees nothing of the others."""
    return f"app-{secrets.token_hex(4)}"


def _schema(hash_key: str, range_key: str) -> list[dict[str, Any]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]
