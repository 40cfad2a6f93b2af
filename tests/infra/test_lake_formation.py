"""The grants for an account that Lake Formation governs."""

import json
from typing import Any

import pytest

from infra.deploy_settings import DeploySettings, DeploySettingsError
from tests.infra.conftest import Deploy
from tests.infra.nag import findings
from tests.infra.synthesis import Deployment, text
from tests.infra.test_lake import stream_roles

READERS = [f"arn:aws:iam::123456789012:role/{name}" for name in ("analysts", "path/to/board")]


@pytest.fixture(name="governed", scope="module")
def _governed(deploy: Deploy) -> Deployment:
    return deploy(destination="lake", lakeFormation=True, lakeReaders=READERS)


def grants(deployment: Deployment) -> dict[str, dict[str, Any]]:
    resources = deployment.template["Resources"].items()
    kind = "AWS::LakeFormation::PrincipalPermissions"
    return {name: r for name, r in resources if r["Type"] == kind}


def said(grant: dict[str, Any]) -> tuple[str, str, str]:
    """Who may do what with which table."""
    properties = grant["Properties"]
    [permission] = properties["Permissions"]  # several in one fail in CloudFormation
    assert properties["PermissionsWithGrantOption"] == []
    assert properties["Resource"].keys() == {"Table"}  # a database's creator may not grant it
    table = properties["Resource"]["Table"]
    assert table["CatalogId"] == {"Ref": "AWS::AccountId"}
    assert table["DatabaseName"] == "puteventsgateway"
    who = text(properties["Principal"]["DataLakePrincipalIdentifier"])
    return who, permission, table["Name"]["Ref"]


def tables(deployment: Deployment, kind: str = "") -> set[str]:
    return {
        name
        for name, r in deployment.template["Resources"].items()
        if r["Type"] == "AWS::Glue::Table"
        and r["Properties"]["TableInput"]["TableType"].startswith(kind)
    }


def test_without_the_setting_there_are_none(deploy: Deploy) -> None:
    assert grants(deploy(destination="lake")) == {}


def test_firehose_may_see_the_tables_that_it_converts_to(governed: Deployment) -> None:
    [role] = stream_roles(governed)
    told = {said(grant) for grant in grants(governed).values()}

    converted = tables(governed, "EXTERNAL")
    assert len(converted) == 2
    assert {grant for grant in told if role in grant[0]} == {
        (f"<{role}.Arn>", "DESCRIBE", table) for table in converted
    }


def test_readers_may_select_from_every_table_and_view(governed: Deployment) -> None:
    told = {said(grant) for grant in grants(governed).values()}

    assert len(tables(governed)) == 5
    for reader in READERS:
        assert {grant[1:] for grant in told if grant[0] == reader} == {
            ("SELECT", table) for table in tables(governed)
        }


def test_a_reader_keeps_the_grants_wherever_it_stands_in_the_list(
    deploy: Deploy, governed: Deployment
) -> None:
    others = ["arn:aws:iam::123456789012:user/new", READERS[1]]  # READERS[0] is taken away
    after = grants(deploy(destination="lake", lakeFormation=True, lakeReaders=others))
    before = grants(governed)

    assert {said(before[name]) == said(after[name]) for name in before.keys() & after} == {True}
    kept, there = (
        {name for name, g in found.items() if said(g)[0] == READERS[1]} for found in (before, after)
    )
    assert kept == there


def test_the_streams_wait_for_firehoses_grants(governed: Deployment) -> None:
    resources = governed.template["Resources"]
    of_firehose = {name for name, g in grants(governed).items() if said(g)[0] not in READERS}
    streams = [r for r in resources.values() if r["Type"].endswith("::DeliveryStream")]

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
