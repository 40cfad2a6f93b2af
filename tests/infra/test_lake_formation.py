"""The grants for an account that Lake Formation governs."""

import json
from typing import Any

import pytest

from infra.deploy_settings import DeploySettings, DeploySettingsError
from tests.infra.conftest import Deploy
from tests.infra.synthesis import Deployment, text
from tests.infra.test_lake import stream_roles
from tests.infra.test_nag import findings

READERS = [f"arn:aws:iam::123456789012:role/{name}" for name in ("analysts", "path/to/board")]


@pytest.fixture(name="governed", scope="module")
def _governed(deploy: Deploy) -> Deployment:
    return deploy(destination="lake", lakeFormation=True, lakeReaders=READERS)


def grants(deployment: Deployment) -> dict[str, dict[str, Any]]:
    resources = deployment.template["Resources"].items()
    kind = "AWS::LakeFormation::PrincipalPermissions"
    return {name: r for name, r in resources if r["Type"] == kind}


def said(grant: dict[str, Any]) -> tuple[str, str, str]:
    """Who may do what with what."""
    properties = grant["Properties"]
    [permission] = properties["Permissions"]  # several in one fail in CloudFormation
    assert properties["PermissionsWithGrantOption"] == []
    who = text(properties["Principal"]["DataLakePrincipalIdentifier"])
    [(kind, what)] = properties["Resource"].items()
    assert what["CatalogId"] == {"Ref": "AWS::AccountId"}
    database = what["Name"] if kind == "Database" else what["DatabaseName"]
    assert database == "puteventsgateway"
    return who, permission, kind if kind == "Database" else text(what.get("Name", "all tables"))


def test_without_the_setting_there_are_none(deploy: Deploy) -> None:
    assert grants(deploy(destination="lake")) == {}


def test_firehose_may_see_the_tables_that_it_converts_to(governed: Deployment) -> None:
    [role] = stream_roles(governed)
    tables = [
        f"<{name}>"
        for name, r in governed.template["Resources"].items()
        if r["Type"] == "AWS::Glue::Table"
        and r["Properties"]["TableInput"]["TableType"] == "EXTERNAL_TABLE"
    ]
    told = {said(grant) for grant in grants(governed).values()}

    firehose = {grant for grant in told if role in grant[0]}
    assert firehose == {(f"<{role}.Arn>", "DESCRIBE", what) for what in ("Database", *tables)}
    assert len(tables) == 2


def test_readers_may_select_from_every_table_and_view(governed: Deployment) -> None:
    told = {said(grant) for grant in grants(governed).values()}

    for reader in READERS:
        assert {grant[1:] for grant in told if grant[0] == reader} == {
            ("DESCRIBE", "Database"), ("DESCRIBE", "all tables"), ("SELECT", "all tables"),
        }  # fmt: skip


def test_the_grants_come_after_the_tables_and_before_the_streams(governed: Deployment) -> None:
    resources = governed.template["Resources"]
    tables = {name for name, r in resources.items() if r["Type"] == "AWS::Glue::Table"}
    of_firehose = {name for name, g in grants(governed).items() if said(g)[0] not in READERS}
    streams = [r for r in resources.values() if r["Type"].endswith("::DeliveryStream")]

    assert all(tables <= set(grant["DependsOn"]) for grant in grants(governed).values())
    assert len(streams) == 2
    assert all(of_firehose <= set(stream["DependsOn"]) for stream in streams)


def test_nag_finds_nothing_in_it(governed: Deployment) -> None:
    assert findings(governed.stack) == []


def test_75_applications_and_as_many_readers_as_there_may_be_fit(deploy: Deploy) -> None:
    ids = [f"{number:032x}" for number in range(75)]
    readers = [f"arn:aws:iam::123456789012:role/{number}" for number in range(10)]
    full = deploy(destination="lake", applicationIds=ids, lakeFormation=True, lakeReaders=readers)

    assert len(full.template["Resources"]) <= 500
    assert len(json.dumps(full.template)) < 1_000_000


@pytest.mark.parametrize(
    "readers",
    ["analysts", "arn:aws:iam::1:role/x", "arn:aws:sts::123456789012:assumed-role/a/b",
     [f"arn:aws:iam::123456789012:role/{number}" for number in range(11)]],
)  # fmt: skip
def test_a_reader_is_an_arn_and_there_are_ten_at_most(readers: object) -> None:
    options = {"applicationIds": "a", "lakeFormation": True, "lakeReaders": readers}
    with pytest.raises(DeploySettingsError, match="lakeReaders"):
        DeploySettings.from_context(options)


def test_readers_need_the_setting() -> None:
    with pytest.raises(DeploySettingsError, match="lakeFormation=true"):
        DeploySettings.from_context({"applicationIds": "a", "lakeReaders": READERS})
