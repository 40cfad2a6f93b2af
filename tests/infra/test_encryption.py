"""`encryption=customer`: one key for all that is stored, which outlives setting and stack."""

from typing import Any

import pytest

from tests.infra.conftest import Deploy
from tests.infra.synthesis import FORWARDING, Deployment, listed, text

DOORS = ("api", "queue")


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


@pytest.mark.parametrize(
    ("service", "actions"),
    [
        ("sqs", {"kms:Decrypt", "kms:GenerateDataKey"}),
        (
            "dynamodb",
            {"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey",
             "kms:ReEncryptFrom", "kms:ReEncryptTo"},
        ),
        ("s3", {"kms:Decrypt", "kms:GenerateDataKey"}),
    ],
)  # fmt: skip
def test_who_uses_what_is_encrypted_may_use_the_key_through_that_service_alone(
    encrypted: Deployment, service: str, actions: set[str]
) -> None:
    """By the key's own policy, which is there before anything is encrypted, and stays."""
    functions = {f"<{encrypted.function(d)['Role']['Fn::GetAtt'][0]}.Arn>" for d in DOORS}
    firehose = {
        f"<{name}.Arn>"
        for name, resource in encrypted.template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role" and "firehose.amazonaws.com" in str(resource)
    }

    statements = [s for s in policy(encrypted) if f"'{service}.'" in str(s.get("Condition"))]

    told = {text(who) for s in statements for who in listed(s["Principal"]["AWS"])}
    assert told == (firehose if service == "s3" else functions)
    assert {action for s in statements for action in s["Action"]} == actions
    for statement in statements:
        via = statement["Condition"]["StringEquals"]["kms:ViaService"]
        assert text(via) == f"{service}.<AWS::Region>.<AWS::URLSuffix>"


def test_no_role_has_the_key_in_its_own_policy(encrypted: Deployment) -> None:
    assert [p for p in encrypted.all("IAM::Policy") if "kms:" in str(p)] == []


def test_what_exists_already_keeps_its_own_encryption(deploy: Deploy) -> None:
    deployment = deploy(
        encryption="customer", existingLakeBucket="kept-lake", existingEndpointTable="kept-table"
    )
    services = ("'s3.'", "'dynamodb.'")

    assert [s for s in policy(deployment) if any(name in str(s) for name in services)] == []


def test_a_gateway_that_forwards_has_the_key_for_queues_and_logs(deploy: Deploy) -> None:
    deployment = deploy(encryption="customer", **FORWARDING)
    arn = f"<{key(deployment)}.Arn>"

    assert {text(queue["KmsMasterKeyId"]) for queue in deployment.all("SQS::Queue")} == {arn}
    assert {text(log["KmsKeyId"]) for log in deployment.all("Logs::LogGroup")} == {arn}


def test_by_default_no_key_costs_anything(default: Deployment) -> None:
    assert default.all("KMS::Key") == []
    assert {queue["SqsManagedSseEnabled"] for queue in default.all("SQS::Queue")} == {True}
