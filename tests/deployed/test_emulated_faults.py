"""The emulated DynamoDB fails when it is told to; CloudFormation makes named queries."""

import json
import secrets
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deployed.athena import Athena
from tests.deployed.aws_faults import Faults, dynamodb_down, dynamodb_throttled, lose_answer
from tests.deployed.emulator import Emulator

KEY = {"id": {"S": "phone"}}
ADD_ONE = {
    "Key": KEY,
    "UpdateExpression": "ADD visits :one",
    "ExpressionAttributeValues": {":one": {"N": "1"}},
}


@pytest.fixture(name="table")
def _table(emulator: Emulator) -> str:
    """A table of the test's own."""
    name = f"table-{secrets.token_hex(3)}"
    emulator.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    return name


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (dynamodb_throttled(), "ProvisionedThroughputExceededException"),
        (dynamodb_throttled(code="ThrottlingException"), "ThrottlingException"),
        (dynamodb_down(), "InternalServerError"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_dynamodb_refuses_a_call_while_it_is_told_to(
    emulator: Emulator, table: str, fault: dict[str, Any], code: str
) -> None:
    dynamodb = emulator.client("dynamodb")
    with Faults(emulator).during(fault | {"resource": table}):
        with pytest.raises(ClientError) as raised:
            dynamodb.update_item(TableName=table, **ADD_ONE)
        assert "Item" not in dynamodb.get_item(TableName=table, Key=KEY)
    dynamodb.update_item(TableName=table, **ADD_ONE)

    assert raised.value.response["Error"]["Code"] == code
    assert dynamodb.get_item(TableName=table, Key=KEY)["Item"]["visits"] == {"N": "1"}


def test_dynamodb_does_what_it_was_asked_though_its_answer_is_lost(
    emulator: Emulator, table: str
) -> None:
    dynamodb = emulator.client("dynamodb")
    lost = lose_answer("dynamodb", "UpdateItem", resource=table)
    with Faults(emulator).during(lost), pytest.raises(ClientError, match="InternalFailure"):
        dynamodb.update_item(TableName=table, **ADD_ONE)

    assert dynamodb.get_item(TableName=table, Key=KEY)["Item"]["visits"] == {"N": "1"}


def test_cloudformation_makes_changes_and_deletes_named_queries(emulator: Emulator) -> None:
    name = f"queries-{secrets.token_hex(3)}"
    athena = Athena(emulator, workgroup=name, database="lake")
    athena.client.create_work_group(Name=name)
    formation = emulator.client("cloudformation")

    formation.create_stack(StackName=name, TemplateBody=_template(name, "SELECT 1"))
    formation.get_waiter("stack_create_complete").wait(StackName=name)
    assert athena.named_queries() == {"One": "SELECT 1"}

    formation.update_stack(StackName=name, TemplateBody=_template(name, "SELECT 2"))
    formation.get_waiter("stack_update_complete").wait(StackName=name)
    assert athena.named_queries() == {"One": "SELECT 2"}
    assert len(athena.client.list_named_queries(WorkGroup=name)["NamedQueryIds"]) == 1

    formation.delete_stack(StackName=name)
    formation.get_waiter("stack_delete_complete").wait(StackName=name)
    assert athena.named_queries() == {}


def _template(workgroup: str, sql: str) -> str:
    properties = {"Name": "One", "Database": "lake", "QueryString": sql, "WorkGroup": workgroup}
    query = {"Type": "AWS::Athena::NamedQuery", "Properties": properties}
    return json.dumps({"Resources": {"Query": query}})
