"""The stack as a template for plain CloudFormation: no CDK bootstrap, settings as parameters."""

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from commands.release import api_log_role
from commands.release.archives import archive_name
from commands.release.references import Replacing
from commands.release.stand_ins import DATABASE, STACK, stand_ins

ROOT = Path(__file__).parents[2]
_LEFT = re.compile(
    r".{0,40}(stand[-_]?in|open-application|71717|72727|cdk-hnb659fds).{0,40}", re.IGNORECASE
)
# Synth would write its warnings about the values that stand for others into a report.
_REPORT = "@aws-cdk/core:annotationsInValidationReport"
_OPEN = {
    "CodeBucket": {
        "Type": "String",
        "Description": "A bucket of this region that holds the release's zip files.",
        "AllowedPattern": r"^[a-z0-9.-]{3,63}$",
    },
    "CodePrefix": {
        "Type": "String",
        "Description": "The folder of the zip files in that bucket, such as a/b/, or nothing.",
        "Default": "",
        "AllowedPattern": r"^([A-Za-z0-9!_.*'()-][A-Za-z0-9!_.*'()/-]{0,498}/)?$",
    },
    "Architecture": {
        "Type": "String",
        "Description": "The processor of the functions.",
        "Default": "arm64",
        "AllowedValues": ["arm64", "x86_64"],
    },
}
_DATABASE = {
    "Type": "String",
    "Description": "The name of the Glue database, which no other stack of this region has.",
    "Default": "puteventsgateway",
    "AllowedPattern": "^(?!(default|information_schema)$)[a-z0-9_]{1,100}$",
}


class PlainTemplateError(Exception):
    """A template could not be made of the stack; the message is one sentence."""


def plain_template(version: str, runtime: str, **settings: Any) -> dict[str, Any]:
    """Return the template of these settings; what they leave open becomes a parameter."""
    open_settings = stand_ins(settings)
    context = {
        **settings,
        **{one.setting: one.value for one in open_settings},
        "stackName": STACK,
        "runtime": runtime,
    }
    template = _synthesise(context)
    parameters = {**_OPEN, **{one.name: one.parameter for one in open_settings}}
    if DATABASE in json.dumps(template):
        parameters["Database"] = _DATABASE
    for output in template["Outputs"].values():  # no function may stand in a description
        for one in open_settings:
            output["Description"] = output.get("Description", "").replace(str(one.value), one.name)
        if not output["Description"]:
            del output["Description"]
    for resource in template["Resources"].values():
        resource.pop("Metadata", None)
        if resource["Type"] == "AWS::Lambda::Function":
            _point_to_archive(resource["Properties"], version, runtime)
    plain = Replacing(open_settings).value(template)
    if api_log_role.SETTING not in settings:
        parameters |= api_log_role.open_log_role(plain)
    plain["Parameters"] = {name: parameters[name] for name in sorted(parameters)}
    if "AlarmTopicArn" in parameters:
        has_topic = {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmTopicArn"}, ""]}]}
        plain.setdefault("Conditions", {})["HasAlarmTopic"] = has_topic
    _check(plain)
    return {"AWSTemplateFormatVersion": "2010-09-09", **plain}


def _synthesise(context: dict[str, Any]) -> dict[str, Any]:
    from aws_cdk import App

    from infra.deploy_settings import DeploySettings
    from infra.stack import PutEventsStack
    from infra.stack_size import check_size

    flags = json.loads((ROOT / "cdk.json").read_text())["context"]
    with TemporaryDirectory() as folder:
        package = Path(folder) / "package"  # what the functions run is found in a bucket
        package.mkdir()
        (package / "empty").touch()
        app = App(
            context={name: flag for name, flag in flags.items() if ":" in name and name != _REPORT},
            outdir=str(Path(folder) / "out"),
        )
        stack = PutEventsStack(
            app,
            "PutEventsGateway",
            settings=DeploySettings.from_context(context),
            package=package,
            authorizer_package=package,
        )
        check_size(stack)
        app.synth()
        [file] = (Path(folder) / "out").glob("*.template.json")
        template: dict[str, Any] = json.loads(file.read_text())
    # The CDK's own: a bucket and a version that `cdk bootstrap` makes.
    del template["Rules"], template["Parameters"]["BootstrapVersion"]
    return template


def _point_to_archive(function: dict[str, Any], version: str, runtime: str) -> None:
    code = function["Handler"].split(".")[0]
    before, after = archive_name(code, version, "|", runtime).split("|")
    key = {"Fn::Join": ["", [{"Ref": "CodePrefix"}, before, {"Ref": "Architecture"}, after]]}
    function["Code"] = {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": key}
    function["Architectures"] = [{"Ref": "Architecture"}]


def _check(template: dict[str, Any]) -> None:
    """Stop if a value that stands for a parameter is still there, in a spelling of its own."""
    text = json.dumps(template)
    if found := _LEFT.search(text):
        raise PlainTemplateError(f"The template still holds a value of its making: {found[0]}")
