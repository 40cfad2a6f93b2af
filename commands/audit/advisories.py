"""What pip-audit and npm audit know of the pinned packages, and whether they could ask at all."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from commands.plain_text import printable_lines

PIP_AUDIT = Path(".venv-audit/bin/pip-audit")
_NPM = "npm/bin/npm-cli.js"  # in the environment that Node is in
_TIMEOUT_SECONDS = 600
_NOT_FOUND = "not found on PyPI"  # pip-audit's words for a 404 of PyPI's JSON API
_SKIPPED = (".", "node_modules", "cdk.out")
_LOCKS = ("requirements.txt", "package-lock.json")


class Advisory(NamedTuple):
    """A known vulnerability of a pinned package."""

    package: str
    id: str
    fixed_in: str


class Answer(NamedTuple):
    """What was found about one lock file.

    `unasked` says why a source did not answer; it answered that it does not know the `unknown`.
    """

    advisories: list[Advisory]
    packages: int = 0
    unasked: str = ""
    unknown: tuple[str, ...] = ()


def locks(root: Path) -> list[Path]:
    """Every lock file of the project: pip's with their hashes, and npm's."""
    found: list[Path] = []
    for folder, inside, files in os.walk(root):
        inside[:] = [name for name in inside if not name.startswith(_SKIPPED)]
        found += [Path(folder, name) for name in _LOCKS if name in files]
    return sorted(found)


def ask(lock: Path) -> Answer:
    """Ask the advisory source of a lock file."""
    if lock.name == "requirements.txt":
        options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off"]
        return read_pip(*_run([PIP_AUDIT, *options, "--format", "json", "--requirement", lock]))
    node = Path(sys.prefix)
    asked = ["audit", "--json", "--package-lock-only", "--prefix", str(lock.parent)]
    return read_npm(*_run([node / "bin/node", node / _NPM, *asked]))


def read_pip(output: str, errors: str) -> Answer:
    """Read pip-audit's JSON; without a source it skips each package, or ends in a traceback."""
    try:
        packages: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError):
        return Answer([], unasked=_last_line(errors))
    asked = [package for package in packages if "skip_reason" not in package]
    skipped = [package for package in packages if "skip_reason" in package]
    unknown = [str(p["name"]) for p in skipped if _NOT_FOUND in p["skip_reason"]]
    unasked = [str(p["skip_reason"]) for p in skipped if _NOT_FOUND not in p["skip_reason"]]
    return Answer(
        [
            Advisory(f"{package['name']} {package['version']}", found["id"], _any_of(found))
            for package in asked
            for found in package["vulns"]
        ],
        len(asked),
        f"{len(unasked)} packages, such as: {unasked[0]}" if unasked else "",
        tuple(unknown),
    )


def read_npm(output: str, errors: str) -> Answer:
    """Read npm's JSON; without a source it has the error in the place of the report."""
    try:
        report: dict[str, Any] = json.loads(output)
    except ValueError:
        return Answer([], unasked=_last_line(errors))
    if "vulnerabilities" not in report:
        told = report.get("message") or report.get("error", {}).get("summary") or errors
        return Answer([], unasked=_last_line(str(told)))
    advisories = [
        Advisory(f"{name} {found['range']}", via["url"], "newer" if found["fixAvailable"] else "")
        for name, found in report["vulnerabilities"].items()
        for via in found["via"]
        if isinstance(via, dict)  # a text names another of these packages
    ]
    return Answer(advisories, report["metadata"]["dependencies"]["total"])


def _any_of(found: dict[str, Any]) -> str:
    return " or ".join(found["fix_versions"])


def _run(command: Sequence[str | Path]) -> tuple[str, str]:
    done = subprocess.run(  # noqa: S603 - our own arguments
        command, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False
    )
    return done.stdout, done.stderr


def _last_line(text: str) -> str:
    lines = printable_lines(text).strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"
