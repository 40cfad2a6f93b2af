"""The bucket of the lake: new or existing, versioned or not, and how the stack is kept."""

from typing import Any

import pytest

from infra.deploy_settings import DeploySettings, DeploySettingsError
from tests.infra.conftest import Deploy
from tests.infra.nag import findings
from tests.infra.synthesis import Deployment, text
from tests.infra.test_lake import stream_permissions, streams

BUCKET = "lake-of-last-year"


def load(**options: Any) -> DeploySettings:
    return DeploySettings.from_context(
        {"destination": "lake", "applicationIds": "my-app", **options}
    )


@pytest.fixture(name="imported", scope="module")
def _imported(deploy: Deploy) -> Deployment:
    return deploy(destination="lake", existingLakeBucket=BUCKET)


def test_an_existing_bucket_is_used_and_nothing_of_it_is_set(imported: Deployment) -> None:
    types = {resource["Type"] for resource in imported.template["Resources"].values()}

    assert not [type_ for type_ in types if type_.startswith("AWS::S3::")]
    assert imported.outputs["LakeBucket"] == BUCKET
    arns = {text(s["ExtendedS3DestinationConfiguration"]["BucketARN"]) for s in streams(imported)}
    assert arns == {f"arn:<AWS::Partition>:s3:::{BUCKET}"}
    assert ("s3:PutObject", f"arn:<AWS::Partition>:s3:::{BUCKET}/*") in stream_permissions(imported)


def test_its_tables_lie_where_the_earlier_lake_wrote(imported: Deployment) -> None:
    locations = {
        text(table["TableInput"]["StorageDescriptor"].get("Location"))
        for table in imported.all("Glue::Table")
        if table["TableInput"]["TableType"] == "EXTERNAL_TABLE"
    }
    results = imported.one("Athena::WorkGroup")["WorkGroupConfiguration"]["ResultConfiguration"]

    assert locations == {f"s3://{BUCKET}/events/", f"s3://{BUCKET}/rejected/"}
    assert results["OutputLocation"] == f"s3://{BUCKET}/athena-results/"


def test_nag_finds_nothing_in_it(imported: Deployment) -> None:
    assert findings(imported.stack) == []


@pytest.mark.parametrize("setting", ["eventRetentionDays", "lakeVersioning"])
def test_what_an_existing_bucket_would_not_do_stops_synth(setting: str) -> None:
    with pytest.raises(DeploySettingsError, match="existingLakeBucket is 'lake-of-last-year', but"):
        load(existingLakeBucket=BUCKET, **{setting: 30})


@pytest.mark.parametrize("name", ["s3://lake", "Lake", "a", "arn:aws:s3:::lake", "lake/events"])
def test_a_bucket_is_named_as_s3_names_it(name: str) -> None:
    with pytest.raises(DeploySettingsError, match="existingLakeBucket"):
        load(existingLakeBucket=name)


def test_versions_are_kept_for_as_long_as_asked(deploy: Deploy) -> None:
    bucket = deploy(destination="lake", lakeVersioning=30).one("S3::Bucket")
    days = [r.get("NoncurrentVersionExpiration") for r in lifecycle(bucket)]

    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert [d for d in days if d] == [{"NoncurrentDays": 30}]
    assert [r for r in lifecycle(bucket) if r.get("ExpiredObjectDeleteMarker")]


def test_without_versioning_what_was_versioned_once_still_goes(deploy: Deploy) -> None:
    bucket = deploy(destination="lake").one("S3::Bucket")
    days = [r.get("NoncurrentVersionExpiration") for r in lifecycle(bucket)]

    assert "VersioningConfiguration" not in bucket
    assert [d for d in days if d] == [{"NoncurrentDays": 1}]


def lifecycle(bucket: dict[str, Any]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = bucket["LifecycleConfiguration"]["Rules"]
    assert {rule["Status"] for rule in rules} == {"Enabled"}
    return rules


@pytest.mark.parametrize("asked", [False, True])
def test_the_stack_is_protected_from_deletion_if_asked(deploy: Deploy, asked: bool) -> None:
    assert deploy(terminationProtection=asked).stack.termination_protection is asked
