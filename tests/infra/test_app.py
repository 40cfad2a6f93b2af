"""What whoever deploys sees: `cdk synth` with this project's app, as the Makefile runs it."""

import json
import os
import subprocess
import tarfile
from pathlib import Path
from typing import get_args

import aws_cdk
import pytest
from aws_cdk import App
from botocore.loaders import Loader

from app import add_stack
from infra.bundle import BUILD
from infra.deploy_settings import DeploySettings, DeploySettingsError
from tests.infra.synthesis import CONTEXT, ROOT

# Whoever insists on Amazon's own service is warned.
AMAZON = ("destination=pinpoint", "pinpointEndpointUrl=aws")
CDK = ROOT / "infra/node_modules/.bin/cdk"


def synth(out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Synthesise without an AWS account or settings of the developer's own."""
    environment = {n: v for n, v in os.environ.items() if not n.startswith(("AWS_", "CDK_"))}
    # With its home jsii would lose its cache too, and unpack the CDK anew each time.
    environment |= {"HOME": str(out), "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(BUILD / "jsii")}
    arguments = [argument for option in options for argument in ("-c", option)]
    return subprocess.run(
        [CDK, "synth", "--quiet", "--no-color", "--output", out, *arguments],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )


def test_synth_writes_the_template_and_tells_the_packages_size(tmp_path: Path) -> None:
    settings = ("stackName=Shop-eu", "terminationProtection=true")
    done = synth(tmp_path, "auth=none", "applicationIds=a,b", *AMAZON, *settings)

    assert done.returncode == 0, done.stderr
    assert "Lambda package: " in done.stderr
    template = json.loads((tmp_path / "PutEventsGateway.template.json").read_text())
    assert {"ApiUrl", "QueueUrl", "DeadLetterQueueUrl"} <= set(template["Outputs"])
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    stack = manifest["artifacts"]["PutEventsGateway"]["properties"]
    assert (stack["stackName"], stack["terminationProtection"]) == ("Shop-eu", True)
    assert "2026-10-30" in done.stderr
    assert "auth=none" in done.stderr
    [asset] = [path for path in tmp_path.glob("asset.*") if path.is_dir()]
    assert (asset / "putevents/api_handler.py").exists()


def test_a_wrong_option_ends_synth_with_one_sentence(tmp_path: Path) -> None:
    done = synth(tmp_path, "auth=oauth")

    assert done.returncode != 0
    told = [line for line in done.stderr.splitlines() if "Subprocess exited" not in line]
    sentence = "The deploy setting auth is 'oauth', but must be iam, "
    assert [line[: len(sentence)] for line in told] == [sentence]
    assert list(tmp_path.glob("*.template.json")) == []


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("auth=oauth", "The deploy setting auth is 'oauth', but must be iam, "),
        (
            "destination=pinpoint",
            "The deploy setting pinpointEndpointUrl is '', but must be the http(s) URL of another "
            "PutEvents server; destination=pinpoint needs it. Amazon's own service ended on "
            "2026-10-30, so its address is rejected",
        ),
        (
            "applicationId=a",
            "There is no deploy setting applicationId. Did you mean applicationIds?",
        ),
    ],
)
def test_the_app_exits_with_a_sentence_about_a_wrong_option(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], option: str, sentence: str
) -> None:
    name, value = option.split("=")
    app = App(context={**CONTEXT, name: value}, outdir=str(tmp_path))

    with pytest.raises(SystemExit) as exit_:
        add_stack(app)

    # What is no number is written to stderr, and the exit code is 1.
    assert str(exit_.value.code).startswith(sentence)
    assert "\n" not in str(exit_.value.code)
    assert capfd.readouterr().err == ""
    assert list(app.node.children) == []


def test_synth_has_nothing_to_say_about_a_good_configuration(tmp_path: Path) -> None:
    done = synth(tmp_path, "alarmEmail=ops@example.com")

    assert done.returncode == 0, done.stderr
    [package] = done.stderr.splitlines()
    assert package.startswith("Lambda package: ")


def test_every_feature_flag_that_the_cdk_recommends_is_set() -> None:
    """A new version of the CDK brings new flags: decide on each, beside its effect on the stack."""
    [archive] = Path(aws_cdk.__file__).parent.glob("_jsii/*.tgz")
    with tarfile.open(archive) as files:
        listed = files.extractfile("package/recommended-feature-flags.json")
        assert listed
        recommended = json.load(listed)
    context = json.loads((ROOT / "cdk.json").read_text())["context"]

    assert {name: value for name, value in context.items() if ":" in name} == recommended


@pytest.mark.parametrize("runtime", ["python3.10", "python3.15", "3.13", ""])
def test_a_runtime_that_lambda_does_not_have_is_one_sentence(runtime: str) -> None:
    with pytest.raises(DeploySettingsError, match=r"must be python3\.11, python3\.12, "):
        DeploySettings.from_context({"applicationIds": "a", "runtime": runtime})


def test_every_runtime_is_one_of_lambdas() -> None:
    lambdas = Loader().load_service_model("lambda", "service-2")["shapes"]["Runtime"]["enum"]
    annotation = DeploySettings.model_fields["runtime"].annotation

    assert set(get_args(annotation)) <= set(lambdas)
