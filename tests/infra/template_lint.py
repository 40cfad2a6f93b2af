"""What cfn-lint finds in a template, for every region of AWS; `make lint-templates` lints all."""

import json
import re
import sys
from itertools import islice, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cfnlint.api import lint
from cfnlint.config import ManualArgs
from cfnlint.helpers import REGIONS

from commands.release.plain_template import plain_template
from commands.release.release_files import AUTHS, DESTINATIONS, template_name
from infra.budget import WITHOUT_BUDGETS
from tests.infra.hostile_parameters import problems
from tests.infra.setting_matrix import largest, name, variants
from tests.infra.synthesis import Deployment

# Findings that say nothing about a template: the rule, what place and message must be, and why.
IGNORED = {
    "I1022": (r"Prefer using Fn::Sub", "The CDK writes Fn::Join; the result is the same."),
    "W3005": (
        r"'(Api|Queue|Authorizer)FunctionRole\w+' dependency already enforced",
        "The CDK lets a function wait for its role and its policies, all by DependsOn.",
    ),
    "E3006": (
        "^Resources/Budget/Type: Resource type 'AWS::Budgets::Budget' does not exist in "
        rf"'({'|'.join(sorted(WITHOUT_BUDGETS))})'$",
        "Synth stops there, and says how the budget is made without CloudFormation.",
    ),
    "E2530": (
        r"^Resources/(Api|Queue|Authorizer)Function\w+/Properties/SnapStart/ApplyOn: "
        r"'SnapStart' enabled functions are not supported in \[",
        "A choice of whoever deploys; Lambda rejects it in a region without SnapStart, as "
        "docs/performance.md says.",
    ),
}


def findings(template: dict[str, Any]) -> list[tuple[str, str]]:
    """Each finding that is not ignored: its rule, and where and what it is."""
    return [found for found in all_findings(template) if not is_ignored(*found)]


def all_findings(template: dict[str, Any]) -> list[tuple[str, str]]:
    """The rule and the text of each finding, informational ones included."""
    config = ManualArgs(regions=REGIONS, include_checks=["I"])
    matches = lint(json.dumps(template), config=config)
    return sorted({(str(m.rule.id), f"{_place(m)}: {m.message}") for m in matches})


def is_ignored(rule: str, text: str) -> bool:
    """Whether a finding is one of those that say nothing about this stack."""
    return rule in IGNORED and bool(re.search(IGNORED[rule][0], text))


def _place(match: Any) -> str:
    return "/".join(str(part) for part in getattr(match, "path", None) or [])


def main() -> None:
    """Lint every variant, a line each; the exit code says whether any has findings."""
    found_any = False
    with TemporaryDirectory() as folder:
        package = Path(folder) / "package"
        package.mkdir()
        (package / "empty.py").touch()
        all_variants = [*variants(), *largest()]
        print(f"{len(all_variants)} variants, {len(REGIONS)} regions: every pair of values.")
        for number, variant in enumerate(all_variants, 1):
            found = findings(Deployment(package, variant).template)
            found_any |= bool(found)
            print(f"{number:3} {len(found) or 'clean':>5}  {name(variant)}", flush=True)
            for rule, text in islice(found, 20):
                print(f"           {rule} {text}", flush=True)
    for destination, auth in product(DESTINATIONS, AUTHS):
        template = plain_template("1.0.0", "python3.13", destination=destination, auth=auth)
        found = findings(template)
        given = {"destination": destination, "auth": auth}
        found += [("parameter", text) for text in problems(template, given)]
        found_any |= bool(found)
        print(f"    {len(found) or 'clean':>5}  {template_name(destination, auth)}", flush=True)
        for rule, text in islice(found, 20):
            print(f"           {rule} {text}", flush=True)
    sys.exit(found_any)


if __name__ == "__main__":
    main()
