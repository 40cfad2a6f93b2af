"""`encryption=customer`: one key for all that is stored, which outlives setting and stack."""

from typing import Any

import pytest

from tests.infra.conftest import Deploy
from tests.infra.synthesis import FORWARDING, Deployment, text


@pytest.fixture(scope="module")
def encrypted(deploy: Deploy) -> Deployment:
    """A lake whose alarms tell somebody, with a key of its own."""
    return deploy(encryption="customer", alarmEmail="ops@example.com")


def key(deployment: Deployment) -> str:
    """The name of the only key in the template."""
    resources = deployment.template["Resources"].items()
    [name] = [name for name, resource in resources if resource["Type"] == "AWS::KMS::Key"]
    return str(name)


def policy(deployment: Deployment) -> list[dict[str, Any]]:
    """The statements of the key's policy."""
    statements: list[dict[str, Any]] = deployment.one("KMS::Key")["KeyPolicy"]["Statement"]
    return statements


def test_all_that_is_stored_is_encrypted_with_the_one_key(encrypted: Deployment) -> None:
    arn = f"<{key(encrypted)}.Arn>"
    [rule] = encrypted.one("S3::Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    results = encrypted.one("Athena::WorkGroup")["WorkGroupConfiguration"]["ResultConfiguration"]

    assert [text(queue["KmsMasterKeyId"]) for queue in encrypted.all("SQS::Queue")] == [arn] * 2
    assert {text(log["KmsKeyId"]) for log in encrypted.all("Logs::LogGroup")} == {arn}
    assert text(encrypted.one("DynamoDB::Table")["SSESpecification"]["KMSMasterKeyId"]) == arn
    assert text(encrypted.one("SNS::Topic")["KmsMasterKeyId"]) == arn
    assert text(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]) == arn
    assert text(results["EncryptionConfiguration"]["KmsKey"]) == arn
    # S3 asks for a data key for many objects at once, which is what a call of KMS costs.
    assert rule["BucketKeyEnabled"] is True


def test_the_key_is_turned_every_year_and_stays_when_the_setting_or_the_stack_goes(
    encrypted: Deployment,
) -> None:
    resource = encrypted.template["Resources"][key(encrypted)]

    assert resource["Properties"]["EnableKeyRotation"] is True
    assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
    assert resource["UpdateReplacePolicy"] == "Retain"


def test_the_services_may_use_the_key_for_this_account_only(encrypted: Deployment) -> None:
    services = {
        text(statement["Principal"]["Service"]): statement["Condition"]
        for statement in policy(encrypted)
        if "Service" in statement["Principal"]
    }

    assert set(services) == {"logs.<AWS::Region>.amazonaws.com", "cloudwatch.amazonaws.com"}
    logs = services["logs.<AWS::Region>.amazonaws.com"]["ArnLike"]
    assert text(logs["kms:EncryptionContext:aws:logs:arn"]) == (
        "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:*"
    )
    assert services["cloudwatch.amazonaws.com"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


def test_both_functions_may_read_a_queue_by_the_policy_of_the_key(encrypted: Deployment) -> None:
    """A message keeps the key that it came with, when the stack has another or none."""
    [statement] = [s for s in policy(encrypted) if isinstance(s["Principal"].get("AWS"), list)]

    roles = {encrypted.function(door)["Role"]["Fn::GetAtt"][0] for door in ("api", "queue")}
    assert {text(who) for who in statement["Principal"]["AWS"]} == {f"<{r}.Arn>" for r in roles}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    via = statement["Condition"]["StringEquals"]["kms:ViaService"]
    assert text(via) == "sqs.<AWS::Region>.<AWS::URLSuffix>"


def test_firehose_may_use_the_key_through_s3_alone(encrypted: Deployment) -> None:
    [statement] = [
        statement
        for role in encrypted.all("IAM::Policy")
        for statement in role["PolicyDocument"]["Statement"]
        if "s3."
        in text(statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService"))
    ]

    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert text(statement["Resource"]) == f"<{key(encrypted)}.Arn>"


@pytest.mark.parametrize("door", ["api", "queue"])
def test_a_function_may_use_the_key_through_dynamodb_alone(
    encrypted: Deployment, door: str
) -> None:
    about_key = [
        statement
        for statement in encrypted.statements(door)
        if any(action.startswith("kms:") for action in statement["Action"])
    ]

    [statement] = about_key
    assert text(statement["Resource"]) == f"<{key(encrypted)}.Arn>"
    via = statement["Condition"]["StringEquals"]["kms:ViaService"]
    assert text(via) == "dynamodb.<AWS::Region>.<AWS::URLSuffix>"


def test_what_exists_already_keeps_its_own_encryption(deploy: Deploy) -> None:
    deployment = deploy(
        encryption="customer", existingLakeBucket="kept-lake", existingEndpointTable="kept-table"
    )
    statements = [
        statement
        for role in deployment.all("IAM::Policy")
        for statement in role["PolicyDocument"]["Statement"]
    ]

    assert [s for s in statements if "kms" in str(s["Action"])] == []


def test_a_gateway_that_forwards_has_the_key_for_queues_and_logs(deploy: Deploy) -> None:
    deployment = deploy(encryption="customer", **FORWARDING)
    arn = f"<{key(deployment)}.Arn>"

    assert {text(queue["KmsMasterKeyId"]) for queue in deployment.all("SQS::Queue")} == {arn}
    assert {text(log["KmsKeyId"]) for log in deployment.all("Logs::LogGroup")} == {arn}


def test_by_default_no_key_costs_anything(default: Deployment) -> None:
    assert default.all("KMS::Key") == []
    assert {queue["SqsManagedSseEnabled"] for queue in default.all("SQS::Queue")} == {True}
