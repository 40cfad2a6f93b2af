"""The functions' runtime, and SnapStart, which only published versions have."""

import pytest

from infra.deploy_settings import DeploySettings, DeploySettingsError
from tests.infra.conftest import Deploy
from tests.infra.synthesis import Deployment, text

DOORS = ["api", "queue"]


@pytest.mark.parametrize("door", DOORS)
def test_the_runtime_is_pinned_whatever_python_deploys(deploy: Deploy, door: str) -> None:
    assert deploy().function(door)["Runtime"] == "python3.13"
    assert deploy(runtime="python3.12").function(door)["Runtime"] == "python3.12"


def test_by_default_nothing_is_published(default: Deployment) -> None:
    assert not any("SnapStart" in f for f in default.all("Lambda::Function"))
    assert default.all("Lambda::Alias") == default.all("Lambda::Version") == []


def test_with_snap_start_both_doors_lead_to_a_published_version(deploy: Deploy) -> None:
    stack = deploy(snapStart="true", auth="none")

    assert [text for text in stack.warnings() if "[ack: putevents:" not in text] == []
    resources = stack.template["Resources"]
    aliases = {n for n, r in resources.items() if r["Type"] == "AWS::Lambda::Alias"}
    [source] = stack.all("Lambda::EventSourceMapping")
    called = {text(m["Integration"].get("Uri", "")) for m in stack.methods().values()}
    permissions = {text(p["FunctionName"]) for p in stack.all("Lambda::Permission")}

    assert [f["SnapStart"] for f in map(stack.function, DOORS)] == [
        {"ApplyOn": "PublishedVersions"}
    ] * 2
    assert len(aliases) == len(stack.all("Lambda::Version")) == 2
    assert text(source["FunctionName"]).endswith(":live")
    assert any(alias in str(source["FunctionName"]) for alias in aliases)
    [uri] = called - {""}
    assert any(f"<{alias}>" in uri for alias in aliases)
    assert {name.strip("<>") for name in permissions} <= aliases


def test_another_environment_is_another_version(deploy: Deploy) -> None:
    def versions(**options: str) -> set[str]:
        resources = deploy(snapStart="true", **options).template["Resources"]
        return {n for n, r in resources.items() if r["Type"] == "AWS::Lambda::Version"}

    assert versions().isdisjoint(versions(retryDelaySeconds="7"))


def test_a_runtime_without_snapshots_is_a_sentence() -> None:
    context = {"applicationIds": "a", "runtime": "python3.11", "snapStart": "true"}

    with pytest.raises(
        DeploySettingsError, match=r"snapStart is 'true', but must be false; or true, w"
    ):
        DeploySettings.from_context(context)
