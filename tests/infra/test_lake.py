"""The lake of the template: what is written, where it lies, who may touch it, what is kept."""

import json
import re
from base64 import b64decode
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from infra.deploy_settings import DeploySettings, DeploySettingsError
from infra.tables import RAW_EVENTS, REJECTED_EVENTS, VIEWS, Column, trino_type
from putevents.settings import LakeSettings
from putevents.wire.event_record import EventRecord
from putevents.wire.rejected_record import RejectedRecord
from tests.infra.conftest import Deploy
from tests.infra.nag import findings
from tests.infra.synthesis import Deployment, listed, text
from tests.infra.test_contract import environment

CODE = Path(__file__).parents[2] / "lambda_src/putevents/destinations/lake"
DOORS = ("api", "queue")


@pytest.fixture(name="lake", scope="module")
def _lake(deploy: Deploy) -> Deployment:
    return deploy(destination="lake", applicationIds="my-app,other-app")


def hive_type(python: Any) -> str:
    """The column type that a record's member needs."""
    simple = {str: "string", int: "bigint", float: "double"}
    if python in simple:
        return simple[python]
    if get_origin(python) is dict:
        return f"map<{','.join(hive_type(part) for part in get_args(python))}>"
    if get_origin(python) is list:
        return f"array<{hive_type(get_args(python)[0])}>"
    members = (f"{name}:{hive_type(part)}" for name, part in get_type_hints(python).items())
    return f"struct<{','.join(members)}>"


@pytest.mark.parametrize(
    ("record", "columns"), [(EventRecord, RAW_EVENTS), (RejectedRecord, REJECTED_EVENTS)]
)
def test_each_member_of_a_record_has_a_column_of_its_type(
    record: Any, columns: list[Column]
) -> None:
    written = {name: hive_type(type_) for name, type_ in get_type_hints(record).items()}

    assert written == {column.name: column.type for column in columns}


@pytest.mark.parametrize(
    ("hive", "trino"),
    [
        ("string", "varchar"),
        ("timestamp", "timestamp(3)"),
        ("map<string,array<string>>", "map(varchar,array(varchar))"),
        ("struct<start_timestamp:bigint,s:struct<string:double>>",
         "row(start_timestamp bigint,s row(varchar double))"),
    ],
)  # fmt: skip
def test_a_views_columns_are_spelled_as_athena_spells_them(hive: str, trino: str) -> None:
    assert trino_type(hive) == trino


def test_the_tables_are_found_by_projection_where_the_streams_write(lake: Deployment) -> None:
    tables = {t["TableInput"]["Name"]: t["TableInput"] for t in lake.all("Glue::Table")}
    bucket = lake.outputs["LakeBucket"]["Ref"]
    raw = tables["raw_events"]["Parameters"]
    template = text(raw["storage.location.template"])
    prefix = f"s3://<{bucket}>/"

    assert raw["projection.application_id.values"] == "my-app,other-app"
    for stream in streams(lake):
        destination = stream["ExtendedS3DestinationConfiguration"]
        name = destination["DataFormatConversionConfiguration"]["SchemaConfiguration"]["TableName"]
        table = lake.template["Resources"][name["Ref"]]["Properties"]["TableInput"]
        template = text(table["Parameters"]["storage.location.template"])
        day = destination["Prefix"].replace("!{timestamp:yyyy-MM-dd}", "${day}")
        folder = re.sub("application_id=[^/]+", "application_id=${application_id}", day)
        assert f"{prefix}{folder}" == f"{template}/"


def test_the_views_hold_their_sql_in_athenas_own_form(lake: Deployment) -> None:
    views = [t["TableInput"] for t in lake.all("Glue::Table")]
    views = [view for view in views if view["TableType"] == "VIRTUAL_VIEW"]

    assert [view["Name"] for view in views] == [*VIEWS]
    for view in views:
        encoded = re.fullmatch(r"/\* Presto View: (\S+) \*/", view["ViewOriginalText"])
        assert encoded
        definition = json.loads(b64decode(encoded[1]))
        assert definition["schema"] == lake.outputs["LakeDatabase"]
        assert definition["columns"] == [
            {"name": column.name, "type": trino_type(column.type)} for column in VIEWS[view["Name"]]
        ]
        # Athena's engine 3 cannot read a view without these two.
        assert (definition["runAsInvoker"], definition["path"]) == (False, [])
        recent = view["Name"] == "recent_events"
        assert ("WHERE day >= " in definition["originalSql"]) is recent


def streams(deployment: Deployment) -> list[dict[str, Any]]:
    return deployment.all("KinesisFirehose::DeliveryStream")


def test_a_stream_converts_keeps_what_it_cannot_and_changes_no_key(lake: Deployment) -> None:
    assert len(streams(lake)) == 3
    for stream in streams(lake):
        destination = stream["ExtendedS3DestinationConfiguration"]
        conversion = destination["DataFormatConversionConfiguration"]
        assert conversion["OutputFormatConfiguration"]["Serializer"].keys() == {"ParquetSerDe"}
        deserializer = conversion["InputFormatConfiguration"]["Deserializer"]
        assert deserializer == {"OpenXJsonSerDe": {"CaseInsensitive": False}}
        assert destination["BufferingHints"]["SizeInMBs"] >= 64
        assert destination["ErrorOutputPrefix"].startswith("errors/!{firehose:error-output-type}/")
        assert destination["CloudWatchLoggingOptions"]["Enabled"] is True
        assert stream["DeliveryStreamEncryptionConfigurationInput"]["KeyType"] == "AWS_OWNED_CMK"


@pytest.mark.parametrize("door", DOORS)
def test_the_function_finds_the_streams_and_the_table(lake: Deployment, door: str) -> None:
    variables = lake.function(door)["Environment"]["Variables"]
    settings = LakeSettings.load({name: text(value) for name, value in variables.items()})
    names = {text(stream.get("DeliveryStreamName", "")) for stream in streams(lake)}

    assert {f"{settings.event_stream_prefix}{id_}" for id_ in ("my-app", "other-app")} < names
    assert settings.endpoint_table == f"<{lake.outputs['EndpointTable']['Ref']}>"
    assert settings.rejected_stream.startswith("<LakeStreamsRejected")
    assert environment(lake, door)["DESTINATION"] == "lake"


def allowed(deployment: Deployment, door: str, service: str) -> set[str]:
    return {action.partition(":")[2] for action, _ in deployment.allowed(door, service)}


def test_the_roles_allow_what_the_code_calls_and_nothing_else(
    lake: Deployment, deploy: Deploy
) -> None:
    source = (CODE / "dynamodb.py").read_text() + (CODE / "firehose.py").read_text()
    called = set(re.findall(r"self\._client\.(\w+)\(", source)) - {"get_paginator"}
    called |= set(re.findall(r'get_paginator\("(\w+)"\)', source))
    names = {name.title().replace("_", "") for name in called}

    with_reads = deploy(destination="lake", endpointReads="true")
    both = allowed(with_reads, "api", "dynamodb") | allowed(with_reads, "api", "firehose")
    assert both == names
    assert both - allowed(lake, "api", "dynamodb") - {"PutRecordBatch"} == {"DeleteItem", "PutItem"}
    assert allowed(lake, "api", "dynamodb") == allowed(lake, "queue", "dynamodb")
    assert not {"DeleteItem", "PutItem"} & allowed(with_reads, "queue", "dynamodb")
    assert allowed(lake, "queue", "firehose") == {"PutRecordBatch"}
    assert not allowed(lake, "api", "mobiletargeting")


def test_what_the_lake_holds_outlives_the_stack(lake: Deployment) -> None:
    kept = {
        resource["Type"]
        for resource in lake.template["Resources"].values()
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate"
    }

    assert kept == {"AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::DynamoDB::Table"}


def test_the_bucket_is_private_encrypted_and_forgets_what_the_settings_say(deploy: Deploy) -> None:
    def days(**options: Any) -> dict[str, int]:
        bucket = deploy(destination="lake", **options).one("S3::Bucket")
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["BucketEncryption"]
        rules = bucket["LifecycleConfiguration"]["Rules"]
        return {r["Prefix"]: r["ExpirationInDays"] for r in rules if "Prefix" in r}

    assert days() == {"rejected/": 90, "athena-results/": 7}
    assert days(eventRetentionDays=400)["events/"] == 400


def test_a_query_cannot_read_more_than_its_limit(deploy: Deploy) -> None:
    group = deploy(destination="lake", queryLimitGb=5).one("Athena::WorkGroup")
    configuration = group["WorkGroupConfiguration"]

    assert configuration["BytesScannedCutoffPerQuery"] == 5 * 10**9
    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["ResultConfiguration"]["EncryptionConfiguration"]


def test_alarms_watch_whether_events_get_into_the_lake(lake: Deployment) -> None:
    alarms = [a for a in lake.all("CloudWatch::Alarm") if a.get("Namespace") == "AWS/Firehose"]

    assert sorted(a["MetricName"] for a in alarms) == [
        *["DeliveryToS3.DataFreshness"] * 3,
        *["FailedConversion.Records"] * 3,
    ]
    assert all(a["Dimensions"][0]["Name"] == "DeliveryStreamName" for a in alarms)
    # Each application's, and that of what is rejected.
    watched = [text(a["Dimensions"][0]["Value"]) for a in alarms]
    assert {watched.count(stream) for stream in watched} == {2}


def test_nothing_stands_in_the_template_that_nothing_uses(lake: Deployment) -> None:
    assert "Mappings" not in lake.template


def test_nag_finds_nothing(lake: Deployment) -> None:
    assert findings(lake.stack) == []
    assert not [warning for warning in lake.warnings() if "pinpoint" in warning]


def test_75_applications_fit_into_one_stack(deploy: Deploy) -> None:
    ids = ",".join(f"{number:032x}" for number in range(75))
    full = deploy(destination="lake", applicationIds=ids)

    assert len(full.template["Resources"]) <= 500
    for door in DOORS:
        assert len(json.dumps(full.statements(door), separators=(",", ":"))) < 9000
        assert len(json.dumps(full.function(door)["Environment"])) < 4096


def test_an_id_that_no_stream_can_be_named_after_is_refused() -> None:
    options = {"destination": "lake", "applicationIds": "a" * 41}
    with pytest.raises(DeploySettingsError, match="lake at most 40 characters each"):
        DeploySettings.from_context(options)


def test_a_stream_may_write_what_it_delivers_and_what_it_could_not_convert(
    lake: Deployment,
) -> None:
    allowed = stream_permissions(lake)

    bucket = lake.outputs["LakeBucket"]["Ref"]
    assert ("s3:PutObject", f"<{bucket}.Arn>/*") in allowed


def test_a_stream_may_do_what_awss_page_lists_and_delete_nothing(lake: Deployment) -> None:
    bucket = f"<{lake.outputs['LakeBucket']['Ref']}.Arn>"
    glue = "arn:<AWS::Partition>:glue:<AWS::Region>:<AWS::AccountId>:"
    tables = {
        resource
        for action, resource in stream_permissions(lake)
        if action.startswith("glue:GetTable")
    }

    on_s3 = {pair for pair in stream_permissions(lake) if pair[0].startswith("s3:")}
    assert on_s3 == {
        *(
            (f"s3:{action}", bucket)
            for action in ("GetBucketLocation", "ListBucket", "ListBucketMultipartUploads")
        ),
        *(
            (f"s3:{act}", f"{bucket}/*")
            for act in ("AbortMultipartUpload", "GetObject", "PutObject")
        ),
    }
    assert {action for action, _ in stream_permissions(lake)} == {
        *(action for action, _ in on_s3),
        "glue:GetTable",
        "glue:GetTableVersion",
        "glue:GetTableVersions",
        "logs:PutLogEvents",
    }
    assert {table.removeprefix(glue).split("/")[0] for table in tables} == {
        "catalog", "database", "table",
    }  # fmt: skip
    assert not [table for table in tables if "*" in table]


def test_the_streams_wait_for_their_permissions(lake: Deployment) -> None:
    policies = [
        name
        for name, resource in lake.template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Policy"
        and any({"Ref": role} in resource["Properties"]["Roles"] for role in stream_roles(lake))
    ]
    for resource in lake.template["Resources"].values():
        if resource["Type"] == "AWS::KinesisFirehose::DeliveryStream":
            assert set(policies) <= set(resource["DependsOn"])
    assert policies


def stream_roles(deployment: Deployment) -> set[str]:
    """The logical ids of the roles that the streams have."""
    configurations = [s["ExtendedS3DestinationConfiguration"] for s in streams(deployment)]
    return {configuration["RoleARN"]["Fn::GetAtt"][0] for configuration in configurations}


def stream_permissions(deployment: Deployment) -> set[tuple[str, str]]:
    """Each action that a stream's role allows, with its resource."""
    return {
        (action, text(resource))
        for policy in deployment.all("IAM::Policy")
        if any({"Ref": role} in policy["Roles"] for role in stream_roles(deployment))
        for statement in policy["PolicyDocument"]["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }
