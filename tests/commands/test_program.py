"""One program with all commands: its help, its make targets, and what each needs to start."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from commands.__main__ import COMMANDS, main
from tests.local.running_gateway import ROOT, SECONDS, environment
from tests.local.sample import store_sample

MAKEFILE = (ROOT / "Makefile").read_text()
EMULATED = ("up", "template", "down", "sql")
EVERY = [[name] for name in COMMANDS] + [["emulated", name] for name in EMULATED]
# Runs the program, then prints what it has imported as the last line.
SPY = """
import json, runpy, sys
try:
    runpy.run_module("commands", run_name="__main__")
finally:
    print("\\n" + json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def run(*arguments: str, data: Path = ROOT, code: tuple[str, ...] = ("-m", "commands")) -> str:
    """What the program prints."""
    return subprocess.run(
        [sys.executable, *code, *arguments],
        cwd=ROOT,
        env=environment(data),
        check=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    ).stdout


def imported(*arguments: str, data: Path = ROOT) -> set[str]:
    """The distributions that a run of the program imports."""
    names = json.loads(run(*arguments, data=data, code=("-c", SPY)).splitlines()[-1])
    by_module = packages_distributions()
    # The developer's environment starts with the one, and sqlglot uses the other where it is.
    names = {*names} - {"_distutils_hack", "mypy_extensions"}
    return {each.lower().replace("_", "-") for name in names for each in by_module.get(name, [])}


def locked(file: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==", (ROOT / file).read_text(), re.MULTILINE))


def test_the_help_lists_every_command_and_imports_none() -> None:
    printed = run("--help")

    assert re.findall(r"^  ([a-z-]+)  ", printed, re.MULTILINE)[-len(COMMANDS) :] == [*COMMANDS]
    assert imported("--help") == {"click"}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_names_a_command_that_is_there(name: str) -> None:
    context = click.Context(main)
    command = main.get_command(context, name)

    assert command is not None
    assert command.name == name


def test_a_command_whose_options_can_be_wrong_has_the_exit_code_of_it() -> None:
    context, lacking = click.Context(main), []
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        if command.context_settings.get("ignore_unknown_options") or "Exit code" not in (
            command.epilog or ""
        ):
            continue
        assert CliRunner().invoke(main, [name, "--no-such-option"]).exit_code == 2
        if not re.search("^    2  ", command.epilog or "", re.MULTILINE):
            lacking.append(name)
    assert lacking == []


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_the_help_of_a_command_names_its_make_target(command: list[str]) -> None:
    targets = re.findall(r"\bmake ([a-z-]+)", run(*command, "--help").partition("Usage")[2])

    called = {
        target: recipe.partition("-m commands ")[2]
        for target, recipe in re.findall(
            r"^([a-z-]+):.*##.*\n\t(.*)", MAKEFILE.replace("$(COMMANDS)", "-m commands"), re.M
        )
    }
    assert any(called[target].startswith(" ".join(command)) for target in targets)


def test_a_command_that_is_not_there_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "commands", "sent"],
        cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert "No such command 'sent'" in done.stderr


def test_sql_needs_no_more_than_what_make_sql_installs(tmp_path: Path) -> None:
    store_sample(tmp_path)

    found = imported("sql", "--query", "SELECT count(*) FROM events", data=tmp_path)

    assert {"duckdb", "sqlglot", "tabulate"} <= found <= locked("commands/sql/requirements.txt")
    assert not {"boto3", "aws-cdk-lib", "pydantic"} & locked("commands/sql/requirements.txt")


def test_run_needs_no_more_than_what_make_run_installs() -> None:
    assert {"click"} <= imported("run", "--help") <= locked("local/requirements.txt")


def test_load_reads_its_options_with_what_make_load_installs() -> None:
    assert {"botocore"} <= imported("load", "--help") <= locked("commands/load/requirements.txt")


@pytest.mark.parametrize(
    "command", ["run", "sql", "load", "dead-letters", "redrive", "views", "send"]
)
def test_a_command_documents_its_exit_codes(command: str) -> None:
    assert "\n  Exit code" in run(command, "--help")


def test_no_stem_of_a_command_stands_elsewhere_too() -> None:
    folders = ("commands", "infra", "local", "lambda_src/putevents")
    stems = Counter(
        path.stem
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "node_modules" not in path.parts and not path.stem.startswith("__")
    )
    ours = {path.stem for path in (ROOT / "commands").rglob("*.py")}

    assert [stem for stem in sorted(ours) if stems[stem] > 1] == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, "No such file or directory", "/a/b"), "/a/b: No such file or "),
        (PermissionError(13, "Permission denied", b"/a/b"), "/a/b: Permission denied."),
        (OSError(28, "No space left on device"), "Error: No space left on device."),
    ],
)
def test_a_path_that_cannot_be_written_is_a_sentence(
    error: OSError, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    def new_id() -> None:
        raise error

    monkeypatch.setattr("commands.new_application_id.new_id", new_id)
    done = CliRunner().invoke(main, ["new-application-id"])

    assert (done.exit_code, said in done.output) == (3, True), done.output


def test_an_error_of_the_system_without_a_path_stays_what_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @click.command()
    def new_id() -> None:
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr("commands.new_application_id.new_id", new_id)
    done = CliRunner().invoke(main, ["new-application-id"])

    assert isinstance(done.exception, ConnectionRefusedError)
