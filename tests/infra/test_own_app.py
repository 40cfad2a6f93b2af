"""The gateway is a stack in anybody's CDK app, whatever flags and context that app has."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App

from infra.deploy_settings import DeploySettings, DeploySettingsError
from infra.gateway_stack import FLAGS, gateway_stack
from infra.stack import PutEventsStack
from tests.infra.synthesis import CONTEXT, ROOT

OWN_APP = Path(__file__).with_name("own_app.py")


def test_somebody_elses_app_has_the_gateway_as_a_stack(tmp_path: Path) -> None:
    script = shutil.copyfile(OWN_APP, tmp_path / "app.py")
    text = script.read_text().replace("Path(__file__).parents[2]", f"Path({str(ROOT)!r})")
    script.write_text(text)
    environment = {n: v for n, v in os.environ.items() if not n.startswith(("AWS_", "CDK_"))}
    done = subprocess.run(
        [sys.executable, script.name],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    template = json.loads((tmp_path / "out/ShopEvents.template.json").read_text())
    functions = [r for r in template["Resources"].values() if r["Type"] == "AWS::Lambda::Function"]
    assert len(functions) == 3  # both doors, and the authorizer
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    stack = manifest["artifacts"]["ShopEvents"]
    assert stack["properties"]["stackName"] == "shop-events"
    assert stack["environment"] == "aws://111122223333/eu-west-1"
    shop = (tmp_path / "out/Shop.template.json").read_text()
    assert "sqs:SendMessage" in shop


# Each has constructs that feature flags of the CDK change.
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"auth": "cognito", "userPoolId": "eu-west-1_aBcDeFgHi", "corsOrigins": "*"},
        {
            "destination": "lake,stream,bus",
            "busEventTypes": "*",
            "encryption": "customer",
            "alarmEmail": "ops@example.com",
            "tracing": "stage",
            "snapStart": "true",
            "waf": "true",
            "endpointReads": "true",
        },
    ],
)
def test_the_template_is_the_same_whatever_flags_the_app_has(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "empty").touch()
    flags = {name: flag for name, flag in CONTEXT.items() if ":" in name}

    def made(context: dict[str, Any], own: dict[str, Any]) -> Any:
        app = App(context=context)
        given = DeploySettings.from_context({"applicationIds": "a", **settings})
        PutEventsStack(app, "Events", settings=given, package=package, flags=own)
        return app.synth().get_stack_by_name(given.stack_name).template

    assert made({}, FLAGS) == made(flags, {})


def test_the_context_of_the_app_is_not_read_and_a_wrong_setting_is_a_sentence() -> None:
    app = App(context={"applicationIds": ["theirs"], "auth": "none"})

    with pytest.raises(DeploySettingsError, match="The deploy setting auth is 'oauth', but must"):
        gateway_stack(app, "Events", application_ids=["mine"], auth="oauth")
    with pytest.raises(DeploySettingsError, match="applicationIds"):
        gateway_stack(app, "Events")
