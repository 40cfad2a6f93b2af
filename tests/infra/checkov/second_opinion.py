"""What checkov finds in every variant of the stack: `make second-opinion`. It asks nobody."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests.infra.checkov.reasons import REASONS
from tests.infra.setting_matrix import variants
from tests.infra.synthesis import Deployment

CHECKOV = Path(".venv-checkov/bin/checkov")
# What the pairs of settings leave out: whatever can be turned on for safety, together.
SAFEST = {
    "encryption": "customer",
    "alarmEmail": "ops@example.com",
    "tableBackupDays": 35,
    "lakeVersioning": 30,
    "tracing": "stage",
}
_TIMEOUT_SECONDS = 1800


class Finding(NamedTuple):
    """A rule that a resource of a variant breaks."""

    rule: str
    name: str
    resource: str
    template: str


def main() -> None:
    """Print what is not explained and what explains nothing; the exit code says whether any is."""
    with TemporaryDirectory() as folder:
        templates = Path(folder, "templates")
        count = write_templates(templates)
        found = set(findings(templates))
    unexplained = sorted(one for one in found if one.rule not in REASONS)
    unneeded = sorted(REASONS.keys() - {one.rule for one in found})
    print(f"{count} variants, {len(found)} findings, {len(unexplained)} without a reason.")
    for one in unexplained:
        print(f"{one.rule} {one.name}: {one.resource} ({one.template})")
    for rule in unneeded:
        print(f"{rule} explains nothing: take it out of tests/infra/checkov/reasons.py.")
    sys.exit(bool(unexplained or unneeded))


def write_templates(folder: Path) -> int:
    """Write the template of every variant; return how many there are."""
    package = folder.parent / "package"
    for made in (package, folder):
        made.mkdir()
    (package / "empty.py").touch()
    options = [{}, SAFEST, *variants()]
    for number, variant in enumerate(options):
        template = Deployment(package, variant).template
        (folder / f"{number}.json").write_text(json.dumps(template))
    return len(options)


def findings(folder: Path) -> Iterator[Finding]:
    """Let checkov look at the templates with the rules that it brings along."""
    done = subprocess.run(
        [CHECKOV, "--framework", "cloudformation", "--directory", folder, "--quiet", "--compact",
         "--skip-download", "--output", "json"],
        capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False,
    )  # fmt: skip
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"checkov failed: {done.stderr.strip()[-500:]}")
    if report["summary"]["parsing_errors"]:
        sys.exit(f"checkov could not read {report['summary']['parsing_errors']} templates.")
    for one in report["results"]["failed_checks"]:
        yield Finding(one["check_id"], one["check_name"], one["resource"], one["file_path"])


if __name__ == "__main__":
    main()
