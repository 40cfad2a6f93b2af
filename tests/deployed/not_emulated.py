"""The deploy settings that the emulator has not, and what they may be in it."""

from typing import Any

from commands.deploy.deploy_options import DeployOptions, shipped

# The only values that can be deployed, and what the others need.
NOT_EMULATED: dict[str, tuple[str, list[Any]]] = {
    "tableBackupDays": ("MiniStack has no AWS::Backup::BackupSelection", [0]),
    "lakeFormation": ("MiniStack has no Lake Formation", [False]),
    "tracing": ("MiniStack has no AWS::XRay::SamplingRule", ["functions", "off"]),
    "monthlyBudgetUsd": ("MiniStack has no AWS::Budgets::Budget", [0]),
    "waf": ("MiniStack has no AWS::WAFv2::WebACLAssociation", [False]),
}


def refusal(*words: str) -> str:
    """Return a sentence about what the options of `cdk deploy` ask for in vain, or nothing."""
    given = shipped() | DeployOptions.parse(words).context
    for name, (reason, values) in NOT_EMULATED.items():
        able = [str(value).lower() for value in values]
        if str(given.get(name) or able[0]).lower() not in able:
            shown = " or ".join(able)
            return f"{name} is not emulated, for {reason}: here it must be {shown}."
    return ""
