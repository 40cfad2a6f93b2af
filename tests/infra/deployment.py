"""The stack as CloudFormation would see it, found by type and property, never by logical id."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from aws_cdk import App
from aws_cdk.assertions import Annotations, Match, Template

from infra.settings import DeploySettings
from infra.stack import PutEventsStack

ROOT = Path(__file__).parents[2]
Resource = dict[str, Any]


class Deployment:
    """One synthesised stack."""

    def __init__(self, package: Path, **options: object) -> None:
        context = json.loads((ROOT / "cdk.json").read_text())["context"] | options
        self.settings = DeploySettings.from_context(context)
        self.stack = PutEventsStack(
            App(context=context), "PutEventsGateway", settings=self.settings, package=package
        )
        self.template = Template.from_stack(self.stack)
        self._json = self.template.to_json()

    @property
    def outputs(self) -> dict[str, Any]:
        return {name: output["Value"] for name, output in self._json["Outputs"].items()}

    @property
    def warnings(self) -> list[str]:
        found = Annotations.from_stack(self.stack).find_warning("*", Match.any_value())
        return [str(message.entry.data) for message in found]

    def all(self, type_: str) -> list[Resource]:
        """The properties of every resource of a type."""
        resources = self._json["Resources"].values()
        return [r.get("Properties", {}) for r in resources if r["Type"] == type_]

    def functions(self) -> dict[str, Resource]:
        """The properties of both functions by handler."""
        return {f["Handler"]: f for f in self.all("AWS::Lambda::Function")}
