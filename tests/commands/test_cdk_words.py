"""What the CDK would pass over in CDK_OPTIONS, with a warning or none, stops with a sentence."""

from pathlib import Path

import pytest

from commands.deploy.cdk_words import complaint
from tests.commands.running_preflight import run


def test_an_option_that_the_cdk_does_not_know_is_told() -> None:
    known = ["-c", "auth=none", "-cauth=none", "--no-color", "--output=x", "-q", "--profile", "z"]

    assert complaint("synth", known) == ""
    assert complaint("destroy", [*known[:2], "--force"]) == ""
    told = "CDK_OPTIONS: cdk synth has no option --nonsense, -Z."
    assert complaint("synth", ["--nonsense", *known, "-Z"]) == told


CONTEXTS = (["-c", "{}"], ["-c{}"], ["-c={}"], ["--context", "{}"], ["--context={}"])


@pytest.mark.parametrize("command", ["synth", "diff", "deploy", "bootstrap", "destroy"])
@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("value", ["auth:none", "auth"])
def test_a_context_that_the_cdk_would_ignore_is_told(
    command: str, context: list[str], value: str
) -> None:
    words = ["-c", "a=b", *(word.format(value) for word in context), "-v"]

    assert complaint(command, words) == f"CDK_OPTIONS: -c {value}: write NAME=VALUE."
    assert complaint(command, ["-c", "=x"]) == "CDK_OPTIONS: -c =x: write NAME=VALUE."


def test_an_option_without_its_value_is_told() -> None:
    for words in (["--profile"], ["--profile", "-c", "a=b"], ["-o", "-v"], ["-c"], ["-c", "-v"]):
        told = f"CDK_OPTIONS: {words[0]} needs a value behind it."
        assert complaint("deploy", ["-c", "stackName=x", *words]) == told


@pytest.mark.parametrize(
    "words",
    [["preflight"], ["preflight", "--before", "diff"], ["preflight", "--before", "destroy"],
     ["bootstrap"], ["emulated", "up"], ["after-deploy"]],
)  # fmt: skip
def test_every_command_of_cdk_options_stops_at_such_a_word(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.deployed.emulated_stack.up", pytest.fail)

    done = run(None, *words, "-c", "auth:none", home=tmp_path)

    assert done == (3, ["Error: CDK_OPTIONS: -c auth:none: write NAME=VALUE."])
