"""What `cdk deploy` will be told: cdk.json, and the options on its command line."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.deploy_settings import DeploySettings

ROOT = Path(__file__).parents[2]
CDK_JSON = ROOT / "cdk.json"
# The CDK's own; a bootstrap with another qualifier is told to the stack by this context.
_QUALIFIER = "@aws-cdk/core:bootstrapQualifier"
_DEFAULT_QUALIFIER = "hnb659fds"


@dataclass
class DeployOptions:
    """The options that matter before a deploy; the CDK checks the rest."""

    context: dict[str, Any] = field(default_factory=dict)
    profile: str | None = None
    region: str | None = None
    words: tuple[str, ...] = ()

    @classmethod
    def parse(cls, words: Sequence[str]) -> "DeployOptions":
        """Read `-c name=value`, `--profile` and `--region` in each spelling of the CDK."""
        options, rest = cls(words=tuple(words)), iter(words)
        for word in rest:
            name, equals, value = word.partition("=")
            if word.startswith("-c") and word != "-c" and not word.startswith("--"):
                name, value = "-c", word[2:].removeprefix("=")
            elif name not in _TAKES:
                continue
            elif not equals:
                value = next(rest, "")
            _TAKES[name](options, value)
        return options

    def _add_context(self, text: str) -> None:
        name, _, value = text.partition("=")
        self.context[name] = value

    def _set_profile(self, name: str) -> None:
        self.profile = name

    def _set_region(self, name: str) -> None:
        self.region = name

    @property
    def qualifier(self) -> str:
        """The name that the bootstrap's resources have in theirs."""
        return str((shipped() | self.context).get(_QUALIFIER, _DEFAULT_QUALIFIER))

    @property
    def environment(self) -> str:
        """The options that lead to the same account and region again, as make takes them."""
        words = [
            f"--{name} {value}"
            for name, value in (("profile", self.profile), ("region", self.region))
            if value
        ]
        return f' CDK_OPTIONS="{" ".join(words)}"' if words else ""

    @property
    def again(self) -> str:
        """The same, with the name of the stack if the options have one."""
        name = self.context.get("stackName")
        if not name:
            return self.environment
        before = self.environment.removeprefix(' CDK_OPTIONS="').removesuffix('"')
        return f' CDK_OPTIONS="{" ".join(filter(None, [before, f"-c stackName={name}"]))}"'

    def deploying_with(self, *settings: str) -> str:
        """Return the command that deploys with the same options and more settings."""
        words = [*self.words, *(word for setting in settings for word in ("-c", setting))]
        return f'make deploy CDK_OPTIONS="{shlex.join(words)}"'

    def settings(self) -> DeploySettings:
        """Read the deploy settings; raises DeploySettingsError."""
        return DeploySettings.from_context(shipped() | self.context)


_TAKES = {
    "-c": DeployOptions._add_context,
    "--context": DeployOptions._add_context,
    "--profile": DeployOptions._set_profile,
    "--region": DeployOptions._set_region,
}


def shipped() -> dict[str, Any]:
    """The context in cdk.json."""
    context: dict[str, Any] = json.loads(CDK_JSON.read_text())["context"]
    return context
