"""Suppress a cdk-nag rule beside the resource, with the reason.

docs/security.md lists all of them: `.venv/bin/python -m tests.infra.nag_document` writes the list.
"""

from collections.abc import Sequence

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

SOLUTIONS, SERVERLESS = "AwsSolutions", "Serverless"
NIST, PCI = "NIST.800.53.R5", "PCI.DSS.321"
# The reason of every role's `IAMNoInlinePolicy`.
INLINE = (
    "The policy belongs to this role alone and is deleted with it; a managed one could be "
    "attached to others."
)


def acknowledge(
    construct: IConstruct, rule: str, reason: str, packs: Sequence[str] = (SOLUTIONS,)
) -> None:
    """Suppress a rule of some packs for a construct and its children."""
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=f"{pack}-{rule}", reason=reason) for pack in packs)
    )
