"""The stack as CloudFormation is given it; its parts are found by what they are, never by id."""

import json
from pathlib import Path
from typing import Any

from aws_cdk import App
from aws_cdk.assertions import Annotations, Match, Template

from infra.deploy_settings import DeploySettings
from infra.stack import PutEventsStack

ROOT = Path(__file__).parents[2]
CONTEXT: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
# Each value of auth as a person would choose it.
AUTHS: dict[str, dict[str, str]] = {
    "iam": {},
    "cognito": {"userPoolId": "eu-west-1_aBcDeFgHi"},
    "jwt": {"jwtIssuer": "https://login.example.com/", "jwtAudience": "my-api"},
    "api-key": {},
    "none": {},
}


# Destination `pinpoint` as a person would choose it.
FORWARDING = {
    "destination": "pinpoint",
    "pinpointEndpointUrl": "https://events.example.com/prod",
}


class Deployment:
    """One synthesised stack."""

    def __init__(
        self, package: Path, options: dict[str, Any], *, is_validated: bool = True
    ) -> None:
        """Synthesise it; `is_validated` lets the CDK hold the template against its own rules."""
        context = CONTEXT | options
        self.stack = PutEventsStack(
            App(context=context, builtin_cloud_formation_validation=is_validated),
            "PutEventsGateway",
            settings=DeploySettings.from_context(context),
            package=package,
            authorizer_package=package,
        )
        self.template: dict[str, Any] = dict(Template.from_stack(self.stack).to_json())
        self.outputs: dict[str, Any] = {
            name: output["Value"] for name, output in self.template["Outputs"].items()
        }

    def all(self, type_: str) -> list[dict[str, Any]]:
        """The properties of every resource of a type."""
        resources = self.template["Resources"].values()
        return [r.get("Properties", {}) for r in resources if r["Type"] == f"AWS::{type_}"]

    def one(self, type_: str) -> dict[str, Any]:
        """The properties of the only resource of a type."""
        [found] = self.all(type_)
        return found

    def function(self, door: str) -> dict[str, Any]:
        """The properties of the function behind a door: api or queue."""
        [found] = [
            f for f in self.all("Lambda::Function") if f["Handler"].startswith(f"putevents.{door}_")
        ]
        return found

    def statements(self, door: str) -> list[dict[str, Any]]:
        """What the function behind a door is allowed."""
        role = self.function(door)["Role"]["Fn::GetAtt"][0]
        return [
            statement
            for policy in self.all("IAM::Policy")
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def allowed(self, door: str, service: str = "") -> set[tuple[str, str]]:
        """What a function may do, of one service if it is named, and on what."""
        return {
            (action, text(resource))
            for statement in self.statements(door)
            for action in listed(statement["Action"])
            for resource in listed(statement["Resource"])
            if not service or action.startswith(f"{service}:")
        }

    def methods(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The properties of every method of the API by its name and path."""
        resources = self.template["Resources"]

        def path(reference: dict[str, Any]) -> str:
            if "Fn::GetAtt" in reference:  # the root
                return ""
            resource = resources[reference["Ref"]]["Properties"]
            return f"{path(resource['ParentId'])}/{resource['PathPart']}"

        methods = self.all("ApiGateway::Method")
        return {(m["HttpMethod"], path(m["ResourceId"]) or "/"): m for m in methods}

    def warnings(self) -> list[str]:
        """What synth tells whoever deploys."""
        messages = Annotations.from_stack(self.stack).find_warning("*", Match.any_value())
        return [str(message.entry.data) for message in messages]


def listed(value: Any) -> list[Any]:
    """What a template holds as a list, or alone where it is one."""
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """A value of a template with its references as <Name>, for reading and comparing."""
    match value:
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(text(part) for part in parts)
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
    return str(value)
