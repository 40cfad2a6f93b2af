"""What `cdk` would misread in its options: it warns at most, and goes on without them."""

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from commands.deploy.deploy_options import ROOT
from commands.exit_codes import StoppedError

# What the pinned CDK takes, in its own words.
_REGISTRY = ROOT / "infra/node_modules/aws-cdk/lib/cli/cli-type-registry.json"
_ALWAYS = ("help", "h", "version")
_CONTEXT = ("c", "context")


def complaint(command: str, words: Sequence[str]) -> str:
    """A sentence about options that a command of the CDK's would pass over; or nothing."""
    try:
        registry = json.loads(_REGISTRY.read_text())
    except FileNotFoundError:  # cdk_problem tells that the CDK is not there
        return ""
    options = registry["globalOptions"] | registry["commands"][command].get("options", {})
    takes_value = dict.fromkeys(_ALWAYS, False)
    for name, option in options.items():
        takes_value |= dict.fromkeys(_names(name, option), option.get("type") != "boolean")
    unknown = [word for word in words if word.startswith("-") and _name(word) not in takes_value]
    if unknown:
        return f"CDK_OPTIONS: cdk {command} has no option {', '.join(unknown)}."
    for word, following in pairwise([*words, "-"]):
        if not word.startswith("-") or not takes_value[_name(word)]:
            continue
        value = _attached(word)
        if value is None and following.startswith("-"):
            return f"CDK_OPTIONS: {word} needs a value behind it."
        value = following if value is None else value
        if _name(word) in _CONTEXT and value.find("=") < 1:
            return f"CDK_OPTIONS: -c {value}: write NAME=VALUE."
    return ""


def check_words(command: str, words: Sequence[str]) -> None:
    """Raise StoppedError for what the command would pass over."""
    if wrong := complaint(command, words):
        raise StoppedError(wrong)


def _names(name: str, option: dict[str, Any]) -> Iterator[str]:
    yield name
    alias = option.get("alias", [])
    yield from [alias] if isinstance(alias, str) else alias
    if option.get("type") == "boolean":
        yield f"no-{name}"


def _name(word: str) -> str:
    """What an option is called in a word: `--context=a=b`, `-ca=b` or `-c=a=b`."""
    if word.startswith("--"):
        return word[2:].partition("=")[0]
    return word[1:2] or "help"  # a lone `-` names nothing


def _attached(word: str) -> str | None:
    """The value in the same word; None if there is none."""
    if word.startswith("--"):
        _, equals, value = word.partition("=")
        return value if equals else None
    return word[2:].removeprefix("=") if word[2:] else None


if __name__ == "__main__":
    sys.exit(complaint(sys.argv[1], sys.argv[2:]) or 0)
