"""The template of each destination as it was last kept; `make snapshots` keeps it anew.

A template that would replace what holds events, or the URL, is not kept unless REPLACE=yes says so.
"""

import base64
import json
import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.infra.replacement import losses
from tests.infra.setting_values import completed, examples
from tests.infra.synthesis import Deployment, text

FOLDER = Path(__file__).with_name("snapshots")
DESTINATIONS = examples("destination")
# What differs from one machine or build to the next.
_UNSTABLE = (
    (re.compile(r"\b[0-9a-f]{64}\.zip\b"), "<hash of the package>.zip"),
    (re.compile(r"^(ApiDeployment[0-9A-F]{8})[0-9a-f]{32}$"), r"\1<hash of the API>"),
    (re.compile(r"^python3\.\d+$"), "python3.<that of whoever deploys>"),
)
_VIEW = re.compile(r"^/\* Presto View: (\S+) \*/$")


def options(destination: Any) -> dict[str, Any]:
    """The settings of cdk.json with another destination, and what it needs."""
    found = completed({"destination": destination})
    assert found, destination
    return found


def path(destination: Any) -> Path:
    """Where a destination's template is kept."""
    name = "-".join(destination) if isinstance(destination, list) else destination
    return FOLDER / f"{name}.json"


def kept(destination: Any) -> dict[str, Any]:
    """The template as it was kept; empty if it never was."""
    return _read(path(destination))


def stable(value: Any) -> Any:
    """A template without what differs from machine to machine, in a form one can read.

    References are `<Name>`, as in `synthesis.text`; a view is its definition; the type comes first.
    """
    if isinstance(value, dict):
        if _is_reference(value):
            return stable(text(value))
        members = sorted(value.items(), key=lambda member: (member[0] != "Type", member[0]))
        return {stable(key): stable(member) for key, member in members}
    if isinstance(value, list):
        return [stable(item) for item in value]
    if not isinstance(value, str):
        return value
    if view := _VIEW.match(value):
        return {"(Presto View)": stable(json.loads(base64.b64decode(view[1])))}
    for pattern, instead in _UNSTABLE:
        value = pattern.sub(instead, value)
    return value


def _is_reference(value: Any) -> bool:
    match value:
        case {"Ref": _} | {"Fn::GetAtt": [_, str()]}:
            return True
        case {"Fn::Join": [_, parts]}:
            return all(isinstance(p, str) or _is_reference(p) for p in parts)
    return False


def main() -> None:
    """Keep the template of every destination, or none if one would lose something."""
    with TemporaryDirectory() as folder:
        (package := Path(folder) / "package").mkdir()
        (package / "empty.py").touch()
        present = {
            path(destination): stable(Deployment(package, options(destination)).template)
            for destination in DESTINATIONS
        }
    lost = [
        f"{file.name}: {loss}"
        for file, template in present.items()
        for loss in losses(_read(file), template)
    ]
    if lost and os.environ.get("REPLACE") != "yes":
        told = "\n  ".join(lost)
        sys.exit(
            f"Nothing is written. An update would lose:\n  {told}\n"
            "If that is meant: make snapshots REPLACE=yes, and say it in CHANGELOG.md."
        )
    for file, template in present.items():
        file.write_text(f"{json.dumps(template, indent=1, ensure_ascii=False)}\n")
        print(f"{file.name}: {len(template['Resources'])} resources")


def _read(file: Path) -> dict[str, Any]:
    """A kept template; empty if it never was kept."""
    try:
        template: dict[str, Any] = json.loads(file.read_text())
    except FileNotFoundError:
        return {"Resources": {}}
    return template


if __name__ == "__main__":
    main()
