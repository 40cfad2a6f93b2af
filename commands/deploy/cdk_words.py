"""Which options `cdk` does not know: it would ignore them, with a warning."""

import json
import sys
from collections.abc import Iterator, Sequence

from commands.deploy.deploy_options import ROOT

# What the pinned CDK takes, in its own words.
_REGISTRY = ROOT / "infra/node_modules/aws-cdk/lib/cli/cli-type-registry.json"
_ALWAYS = {"help", "h", "version"}


def complaint(command: str, words: Sequence[str]) -> str:
    """A sentence about the options that a command of the CDK's does not know; or nothing."""
    try:
        registry = json.loads(_REGISTRY.read_text())
    except FileNotFoundError:  # cdk_problem tells that the CDK is not there
        return ""
    options = registry["globalOptions"] | registry["commands"][command].get("options", {})
    known = _ALWAYS | {name for option in options.items() for name in _names(*option)}
    unknown = [word for word in words if word.startswith("-") and _name(word) not in known]
    return f"CDK_OPTIONS: cdk {command} has no option {', '.join(unknown)}." if unknown else ""


def _names(name: str, option: dict[str, object]) -> Iterator[str]:
    yield name
    alias = option.get("alias", [])
    yield from [alias] if isinstance(alias, str) else alias  # type: ignore[misc] # a list of texts
    if option.get("type") == "boolean":
        yield f"no-{name}"


def _name(word: str) -> str:
    """What an option is called in a word: `--context=a=b`, `-ca=b` or `-c=a=b`."""
    if word.startswith("--"):
        return word[2:].partition("=")[0]
    return word[1:2] or "help"  # a lone `-` names nothing


if __name__ == "__main__":
    sys.exit(complaint(sys.argv[1], sys.argv[2:]) or 0)
