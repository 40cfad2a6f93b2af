"""The endpoint table of the template: its keys, its limits, its backups, and one made before."""

import json
from typing import Any

import pytest

from infra.endpoint_table import EXPIRES, INDEXES, PARTITION_KEY, SORT_KEY
from putevents.destinations.lake import dynamodb as code
from putevents.destinations.lake import dynamodb_json
from tests.infra.conftest import Deploy
from tests.infra.nag import findings
from tests.infra.synthesis import Deployment, text

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/old"
KINDS = ("Writes", "Reads")


@pytest.fixture(name="lake", scope="module")
def _lake(deploy: Deploy) -> Deployment:
    return deploy(destination="lake")


def schema(keys: list[dict[str, str]]) -> dict[str, str]:
    return {key["KeyType"]: key["AttributeName"] for key in keys}


def test_the_table_is_safe_and_its_indexes_are_the_codes(lake: Deployment) -> None:
    table = lake.one("DynamoDB::Table")
    keys = {
        index["IndexName"]: schema(index["KeySchema"]) for index in table["GlobalSecondaryIndexes"]
    }

    assert (PARTITION_KEY, SORT_KEY) == code.KEYS
    assert {index: attribute for attribute, index in code.INDEXES.items()} == INDEXES
    assert schema(table["KeySchema"]) == {"HASH": PARTITION_KEY, "RANGE": SORT_KEY}
    assert keys == {
        name: {"HASH": attribute, "RANGE": SORT_KEY} for name, attribute in INDEXES.items()
    }
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    # Only what is left of deleted items expires.
    assert table["TimeToLiveSpecification"] == {"AttributeName": EXPIRES, "Enabled": True}
    assert EXPIRES == dynamodb_json.EXPIRES


def test_no_partition_of_the_table_or_of_an_index_is_an_application(lake: Deployment) -> None:
    table = lake.one("DynamoDB::Table")
    schemas = [table["KeySchema"], *(i["KeySchema"] for i in table["GlobalSecondaryIndexes"])]

    assert len(schemas) == 3
    assert "application_id" not in [schema(keys)["HASH"] for keys in schemas]


def test_a_new_table_has_no_limit_of_ours_and_may_be_deleted(lake: Deployment) -> None:
    table = lake.one("DynamoDB::Table")

    for part in (table, *table["GlobalSecondaryIndexes"]):
        assert not {"OnDemandThroughput", "WarmThroughput"} & part.keys()
    assert not table.get("DeletionProtectionEnabled")
    assert lake.all("Backup::BackupPlan") == []


def test_limits_and_warm_throughput_hold_for_the_indexes_too(deploy: Deploy) -> None:
    table = deploy(
        destination="lake",
        tableMaxWrites="20000",
        tableMaxReads="40000",
        tableWarmWrites="8000",
        tableWarmReads="12000",
        tableDeletionProtection="true",
    ).one("DynamoDB::Table")

    for part in (table, *table["GlobalSecondaryIndexes"]):
        assert part["OnDemandThroughput"] == {
            "MaxReadRequestUnits": 40_000,
            "MaxWriteRequestUnits": 20_000,
        }
        assert part["WarmThroughput"] == {
            "ReadUnitsPerSecond": 12_000,
            "WriteUnitsPerSecond": 8_000,
        }
    assert table["DeletionProtectionEnabled"] is True


@pytest.mark.parametrize("kind", KINDS)
def test_one_limit_alone_sets_no_other(deploy: Deploy, kind: str) -> None:
    table = deploy(destination="lake", **{f"tableMax{kind}": 500}).one("DynamoDB::Table")

    assert table["OnDemandThroughput"] == {f"Max{kind[:-1]}RequestUnits": 500}
    assert "WarmThroughput" not in table


def test_backups_are_made_daily_and_kept_as_long_as_the_setting_says(deploy: Deploy) -> None:
    deployment = deploy(destination="lake", tableBackupDays=400)
    [rule] = deployment.one("Backup::BackupPlan")["BackupPlan"]["BackupPlanRule"]
    [chosen] = deployment.one("Backup::BackupSelection")["BackupSelection"]["Resources"]
    [(id_, _)] = resources(deployment, "DynamoDB::Table").items()
    [vault] = resources(deployment, "Backup::BackupVault").values()

    assert rule["Lifecycle"] == {"DeleteAfterDays": 400}
    assert rule["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert text(chosen) == f"<{id_}.Arn>"
    # It outlives the setting and the stack, so its name is not that of the next one: the role comes
    # and goes with the backups, and has another id each time.
    [(role, _)] = [
        (name, role)
        for name, role in resources(deployment, "IAM::Role").items()
        if "backup.amazonaws.com" in str(role["Properties"]["AssumeRolePolicyDocument"])
    ]
    assert role not in deploy(destination="lake").template["Resources"]
    assert vault["DeletionPolicy"] == "RetainExceptOnCreate"
    assert text(vault["Properties"]["BackupVaultName"]) == f"putevents-<{role}.RoleId>"
    assert findings(deployment.stack) == []


@pytest.mark.parametrize("given", ["old", ARN])
def test_an_existing_table_is_used_as_it_is(deploy: Deploy, given: str) -> None:
    deployment = deploy(destination="lake", existingEndpointTable=given, tableBackupDays=7)
    arn = "arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/old"
    [chosen] = deployment.one("Backup::BackupSelection")["BackupSelection"]["Resources"]

    assert deployment.all("DynamoDB::Table") == []
    assert deployment.outputs["EndpointTable"] == "old"
    assert text(chosen) == arn
    for door in ("api", "queue"):
        assert deployment.function(door)["Environment"]["Variables"]["ENDPOINT_TABLE"] == "old"
        assert allowed(deployment, door) == allowed(deploy(destination="lake"), door, arn=arn)
    assert findings(deployment.stack) == []


def allowed(deployment: Deployment, door: str, arn: str = "") -> set[tuple[str, str]]:
    """Which calls to DynamoDB a function may make on what; `arn` in place of the new table's."""
    tables = resources(deployment, "DynamoDB::Table")
    new = [f"<{id_}.Arn>" for id_ in tables]
    return {
        (action, on.replace(new[0], arn) if new else on)
        for action, on in deployment.allowed(door, "dynamodb")
    }


def resources(deployment: Deployment, type_: str) -> dict[str, Any]:
    found = deployment.template["Resources"].items()
    return {id_: resource for id_, resource in found if resource["Type"] == f"AWS::{type_}"}


def test_the_settings_of_a_table_cost_nothing_where_there_is_none(deploy: Deploy) -> None:
    url = "https://events.example.com"
    options = {"destination": "pinpoint", "pinpointEndpointUrl": url}
    plain = deploy(**options)
    kept = deploy(**options, existingEndpointTable="old")

    assert json.dumps(plain.template) == json.dumps(kept.template)
