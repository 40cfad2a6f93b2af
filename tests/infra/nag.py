"""What cdk-nag finds in every variant of the stack, each finding with its reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch

from aws_cdk import Acknowledgment, Stack
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks
from constructs import IConstruct

from tests.infra.setting_matrix import variants
from tests.infra.synthesis import Deployment

PACKS = (AwsSolutionsChecks, ServerlessChecks, NIST80053R5Checks, PCIDSS321Checks)


class Finding(NamedTuple):
    """A rule that a resource breaks."""

    rule: str
    path: str


class Reason(NamedTuple):
    """Why a rule may be broken by a construct and its children."""

    rule: str
    path: str
    text: str

    def explains(self, finding: Finding) -> bool:
        """Whether the finding is of this rule, in this construct."""
        return self.rule == finding.rule and f"{finding.path}/".startswith(f"{self.path}/")


class Review(NamedTuple):
    """All findings of one stack, and the reasons that stand beside its resources."""

    findings: set[Finding]
    reasons: set[Reason]
    warnings: list[str]  # of the CDK and ours: what synth tells whoever deploys

    def unexplained(self) -> list[Finding]:
        """The findings without a reason."""
        return sorted(f for f in self.findings if not any(r.explains(f) for r in self.reasons))

    def needed(self) -> set[Reason]:
        """The reasons that explain a finding."""
        return {r for r in self.reasons if any(r.explains(f) for f in self.findings)}


@cache
def reviews() -> list[Review]:
    """The stack as in cdk.json first, then every variant of the settings."""
    with TemporaryDirectory() as folder:
        package = Path(folder)
        (package / "empty.py").touch()
        return [review(package, options) for options in ({}, *variants())]


def review(package: Path, options: dict[str, Any]) -> Review:
    """Look at a stack as if nothing in it were acknowledged."""
    with _unacknowledged() as reasons:
        deployment = Deployment(package, options, is_validated=False)
    return Review(set(findings(deployment.stack)), set(reasons), deployment.warnings())


def findings(stack: Stack) -> list[Finding]:
    """What the packs find that is not acknowledged."""
    return [
        Finding(violation.rule_name, resource.construct_path or "")
        for pack in PACKS
        for violation in pack(stack).validate_scope(stack).violations
        for resource in violation.violating_resources
    ]


@contextmanager
def _unacknowledged() -> Iterator[list[Reason]]:
    """Collect what would be acknowledged. cdk-nag tells of nothing that is."""
    collected: list[Reason] = []

    class Collector:
        def __init__(self, construct: IConstruct) -> None:
            self._path = construct.node.path

        @classmethod
        def of(cls, construct: IConstruct) -> "Collector":
            return cls(construct)

        def acknowledge(self, *given: Acknowledgment) -> None:
            collected.extend(Reason(one.id, self._path, one.reason) for one in given)

    with patch("infra.acknowledge.Validations", Collector):
        yield collected
