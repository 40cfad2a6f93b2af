"""The kept templates are the present ones, and no update of them loses events or the URL."""

import re
from copy import deepcopy
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.infra.conftest import Deploy
from tests.infra.replacement import KEPT, Loss, Template, create_only, losses
from tests.infra.setting_matrix import name as variant_name
from tests.infra.setting_values import FIELDS, all_values, completed, examples, is_valid
from tests.infra.snapshot import DESTINATIONS, FOLDER, kept, options, path, stable

PAGE = Path(__file__).parents[2] / "docs/deploying.md"
# The destination with everything in it that could be lost.
BASE = options("lake")
CHANGES = [
    pytest.param(name, value, id=variant_name({name: value}))
    for name in FIELDS
    for value in all_values(name)
    if value != BASE.get(name, examples(name)[0])
]
# From each value to each other one but cdk.json's, which CHANGES start from.
STEPS = [
    pytest.param(name, pair, id=f"{variant_name({name: pair[0]})}-{number}")
    for name in FIELDS
    for number, pair in enumerate(
        combinations([v for v in all_values(name) if v != BASE.get(name, examples(name)[0])], 2)
    )
]
# CloudFormation grants what replaces a grant first, and then revokes it: a reader would lose it.
NEVER_REPLACED = "AWS::LakeFormation::PrincipalPermissions"
# What another value of a setting removes or replaces, by type, and what whoever changes it can do.
MEANT: dict[str, dict[str, str]] = {
    "destination": {
        "AWS::DynamoDB::Table": "the table stays in your account with all endpoints, and no "
        "longer belongs to the stack",
        "AWS::S3::Bucket": "the bucket stays in your account with all events, and no longer "
        "belongs to the stack",
        "AWS::KinesisFirehose::DeliveryStream": "stop the senders, then wait `lakeBufferSeconds` "
        "before you deploy",
        "AWS::Logs::LogGroup": "the streams' log of failed writes to the lake",
        "AWS::Kinesis::Stream": "without `stream` it goes, with all records that no consumer has "
        "read: wait until they have",
        "AWS::Events::EventBus": "without `bus` it goes. While it has rules, EventBridge keeps it "
        "and the update fails",
    },
    "applicationIds": {
        "AWS::KinesisFirehose::DeliveryStream": "the stream of an application that you remove: "
        "stop its senders, then wait `lakeBufferSeconds` before you deploy",
    },
    "auth": {
        "AWS::ApiGateway::ApiKey": "only `api-key` has one; if you go back to it you get another "
        "key, which your clients need",
        "AWS::Logs::LogGroup": "the log of the function that verifies tokens, which only `jwt` has",
    },
    "stackName": {
        "AWS::KinesisFirehose::DeliveryStream": "another name makes another stack, beside the "
        "first",
    },
    "domainName": {
        "AWS::ApiGateway::DomainName": "without it clients need the API's URL, with another name "
        "that name: installed apps that have the old one get no answer",
        "AWS::ApiGateway::BasePathMapping": "it goes with the domain name",
    },
    "certificateArn": {
        "AWS::ApiGateway::DomainName": "it comes and goes with `domainName`; another certificate "
        "removes nothing",
        "AWS::ApiGateway::BasePathMapping": "it goes with the domain name",
    },
    "basePath": {
        "AWS::ApiGateway::BasePathMapping": "the old path answers 403, and some clients delete "
        "their events then: choose it before you release the first app",
    },
    "disableExecuteApiEndpoint": {
        "AWS::ApiGateway::RestApi": "the API stays, but its own URL answers 403: close it only "
        "when no installed app calls it",
    },
    "existingEndpointTable": {
        "AWS::DynamoDB::Table": "the stack's own table stays in your account with all endpoints",
    },
    "tableBackupDays": {
        "AWS::Backup::BackupVault": "with 0 the vault and its backups stay in your account, and no "
        "longer belong to the stack; if you turn backups on again, you get another vault",
    },
    "tableMaxWrites": {
        "AWS::DynamoDB::Table": "0 removes nothing, and AWS keeps the old limit: run "
        "[this command](endpoint-table.md#taking-a-limit-away)",
    },
    "tableMaxReads": {"AWS::DynamoDB::Table": "the same"},
    "existingLakeBucket": {
        "AWS::S3::Bucket": "the stack's own bucket stays in your account with all events",
    },
    "lakeFormation": {
        "AWS::LakeFormation::PrincipalPermissions": "the grants to Firehose and to `lakeReaders`",
    },
    "lakeReaders": {
        "AWS::LakeFormation::PrincipalPermissions": "the grants of a reader that you remove; "
        "all others keep theirs",
    },
    "encryption": {
        "AWS::KMS::Key": "the key stays in your account, because the data that it encrypted needs "
        "it, and no longer belongs to the stack: [security.md](security.md#a-key-of-your-own). The "
        "key of the alarms' topic is deleted",
    },
    "alarmEmail": {"AWS::KMS::Key": "it encrypts alarms in transit; no data is lost with it"},
}


@pytest.mark.parametrize("destination", DESTINATIONS, ids=str)
def test_the_kept_template_is_the_present_one(deploy: Deploy, destination: Any) -> None:
    present = stable(deploy(**options(destination)).template)

    assert not losses(kept(destination), present), "an update would lose this"
    assert present == kept(destination), "make snapshots, and look at what git diff shows"


def test_nothing_else_is_kept() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {path(one).name for one in DESTINATIONS}


@pytest.mark.parametrize(("setting", "value"), CHANGES)
def test_a_change_of_a_setting_and_back_loses_nothing_but_what_is_meant(
    deploy: Deploy, setting: str, value: Any
) -> None:
    before, after = both(deploy, setting, value)

    lost = [*losses(before, after), *losses(after, before)]

    assert unmeant(setting, lost) == []


@pytest.mark.parametrize(("setting", "pair"), STEPS)
def test_a_change_from_one_value_to_another_loses_nothing_but_what_is_meant(
    deploy: Deploy, setting: str, pair: tuple[Any, Any]
) -> None:
    first = completed({**BASE, setting: pair[0]})
    assert first
    second = {**first, setting: pair[1]}
    if not is_valid(second):
        pytest.skip("both values cannot stand beside the same others")
    before, after = deploy(**first).template, deploy(**second).template

    assert unmeant(setting, [*losses(before, after), *losses(after, before)]) == []


def both(deploy: Deploy, setting: str, value: Any) -> tuple[Template, Template]:
    """The templates with cdk.json's value and with another one."""
    changed = completed({**BASE, setting: value})
    assert changed
    # Beside what the value needs: what that takes away is for its own row.
    beside = {**changed, setting: BASE.get(setting, examples(setting)[0])}
    before = deploy(**(beside if is_valid(beside) else BASE))
    return before.template, deploy(**changed).template


def unmeant(setting: str, lost: list[Loss]) -> list[str]:
    """The losses that MEANT does not excuse."""
    meant = MEANT.get(setting, {})
    return [
        str(loss)
        for loss in lost
        if loss.type not in meant or (loss.type == NEVER_REPLACED and "replaced" in loss.why)
    ]


@pytest.mark.parametrize("setting", MEANT)
def test_what_is_meant_to_go_does_go(deploy: Deploy, setting: str) -> None:
    changes = [both(deploy, setting, value) for value in all_values(setting)]
    gone = {loss.type for a, b in changes for loss in [*losses(a, b), *losses(b, a)]}

    assert gone == MEANT[setting].keys()


@pytest.mark.parametrize(
    ("type_", "change"),
    [
        ("AWS::DynamoDB::Table", {"TableName": "another"}),
        ("AWS::DynamoDB::Table", {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}),
        ("AWS::DynamoDB::Table", {"GlobalSecondaryIndexes": []}),
        ("AWS::DynamoDB::Table", {"GlobalSecondaryIndexes": [{"IndexName": "by_user"}]}),
        ("AWS::S3::Bucket", {"BucketName": "another"}),
        ("AWS::SQS::Queue", {"QueueName": "another"}),
        ("AWS::KinesisFirehose::DeliveryStream", {"DeliveryStreamName": "another"}),
        ("AWS::ApiGateway::Stage", {"StageName": "another"}),
        ("AWS::ApiGateway::RestApi", None),
        ("AWS::SQS::Queue", None),
    ],
)
def test_a_replacement_is_told(type_: str, change: dict[str, Any] | None) -> None:
    before = kept("lake")
    after = deepcopy(before)
    resources = after["Resources"]
    first = next(id for id, resource in resources.items() if resource["Type"] == type_)
    if change is None:
        resources["Renamed"] = resources.pop(first)
    else:
        resources[first]["Properties"] |= change

    [loss] = losses(before, after)

    assert (loss.type, loss.logical_id) == (type_, first)


@pytest.mark.parametrize(
    ("type_", "before", "after"),
    [
        ("AWS::ApiGateway::RestApi", {}, {"DisableExecuteApiEndpoint": True}),
        (
            "AWS::DynamoDB::Table",
            {"OnDemandThroughput": {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 5}},
            {"OnDemandThroughput": {"MaxReadRequestUnits": 5}},
        ),
    ],
)
def test_what_stays_and_is_not_what_it_was_is_told(
    type_: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    one, other = (
        {"Resources": {"It": {"Type": type_, "Properties": properties}}}
        for properties in (before, after)
    )

    assert [loss.type for loss in losses(one, other)] == [type_]
    assert losses(other, one) == []


def test_a_change_that_cloudformation_makes_in_place_is_no_loss() -> None:
    before = kept("lake")
    after = deepcopy(before)
    for resource in after["Resources"].values():
        if resource["Type"] == "AWS::SQS::Queue":
            resource["Properties"]["VisibilityTimeout"] = 1
        if resource["Type"] == "AWS::DynamoDB::Table":
            resource["Properties"]["GlobalSecondaryIndexes"].pop()

    assert losses(before, after) == []


@pytest.mark.parametrize("type_", KEPT)
def test_cloudformations_schemas_know_what_is_kept(type_: str) -> None:
    # These have no property that replaces them: only another logical id does.
    renamed_only = {"AWS::ApiGateway::RestApi", "AWS::KMS::Key"}
    assert bool(list(create_only(type_))) == (type_ not in renamed_only)


def test_operations_names_every_setting_that_takes_something_away() -> None:
    shown = re.search(r"<!-- losses -->\n(.*?)\n<!-- end -->", PAGE.read_text(), re.DOTALL)

    assert shown, "docs/deploying.md has lost its markers"
    assert shown[1].strip() == _table()
    assert MEANT.keys() - FIELDS.keys() == set()


def _table() -> str:
    rows = ["| setting | it removes | note |", "| --- | --- | --- |"]
    for setting, types in MEANT.items():
        for type_, reason in types.items():
            what = type_.removeprefix("AWS::").replace("::", " ")
            rows.append(f"| `{setting}` | {what} | {reason} |")
    return "\n".join(rows)
