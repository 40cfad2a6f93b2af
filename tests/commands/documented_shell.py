"""The commands in the fenced blocks of the pages, and why some of them do not run here."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
# docs/decisions.md tells why, not what to type.
PAGES = [
    path
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "tests/conformance/README.md",
        *sorted((ROOT / "docs").glob("*.md")),
    )
    if path.name != "decisions.md"
]
# What a line of a block begins with that is typed into a shell.
PROGRAMS = (
    "make", "curl", "aws", "export", ".venv/bin/python", "python3", "git", "docker", "podman",
    "pip", "npm", "npx", "cd", "sh", "bash", "sed", "pre-commit",
)  # fmt: skip
_FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_TOO_LONG = "it takes minutes, and CI runs it"
_OUTSIDE = "it makes something outside of this machine's test folders"
# Commands that run in no test of the pages, by how they begin.
ELSEWHERE = {
    "make run": "the gateway of these tests is started so",
    "make .venv-emulator/ready": "it installs",
    "BIND_HOST": "it serves until it is stopped",
    "aws configure": "it asks questions",
    "make test": _TOO_LONG,
    "make faults": _TOO_LONG,
    "make check": _TOO_LONG,
    "make doctor": "the folder in it is its reader's; tests/commands tries it on others",
    'make redrive OPTIONS="--url': "faketime spoils its sleep; test_redrive runs it",
    "make deploy-emulated": "tests/deployed goes through it",
    "make template": "tests/commands/test_release.py goes through it",
    "make sql-emulated": "tests/deployed goes through it",
    "make destroy-emulated": "tests/deployed goes through it",
    "docker": _OUTSIDE,
    "podman": _OUTSIDE,
    "pre-commit": _OUTSIDE,
}
# These need an AWS account. Here there is none: each says so in a sentence.
NEED_AWS = (
    "make bootstrap",
    "make deploy",
    "make diff",
    "make destroy",
    "make dead-letters",
    "make redrive",
    "make replay-rejected",
    "make verify",
    "make views",
    "make forget",
    "make import-endpoints",
    "make put-events",
    ".venv/bin/python -m commands send --url https://",
)
# AWS's own commands need an account too; the CLI can tell whether one is well formed.
AWS_COMMANDS = ("aws dynamodb", "aws cloudformation", "aws cognito-identity", "aws iam",
                "aws budgets", "aws sqs", "aws kinesis", "aws events", "aws sts")  # fmt: skip


class Typed(NamedTuple):
    """A command of a page, and those of its block before it that set the shell up."""

    page: str
    text: str
    before: str = ""


def _blocks(page: Path) -> list[str]:
    found = _FENCE.findall(page.read_text())
    return [block for language, block in found if language in ("", "sh", "bash", "shell")]


def _commands(block: str) -> list[str]:
    """A block's commands; one goes on where a quotation or a backslash says so."""
    commands, begun = list[str](), ""
    for line in block.splitlines():
        begun += f"{line}\n"
        if not begun.strip():
            begun = ""
        elif not line.endswith("\\") and _is_whole(begun):
            commands.append(begun.strip())
            begun = ""
    return commands


def _is_whole(text: str) -> bool:
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return False
    return True


def typed() -> list[Typed]:
    """Each command of the pages once a page, in order."""
    found = dict[Typed, None]()
    for page in PAGES:
        for block in _blocks(page):
            if not block.startswith(PROGRAMS):
                continue
            before = ""
            for command in _commands(block):
                if command.startswith("export "):
                    before += f"{command}\n"
                else:
                    found[Typed(page.name, command, before)] = None
    return list(found)


def markers(commands: list[Typed]) -> list[str]:
    """The files by which make knows that what these commands need is installed."""
    makefile = (ROOT / "Makefile").read_text()
    variables = dict(re.findall(r"^(\w+) *[:?]?= *(\S+)$", makefile, re.MULTILINE))
    needs = dict(re.findall(r"^([a-z-]+): (.*?) *##", makefile, re.MULTILINE))
    goals = {
        goal
        for one in commands
        for goal in re.findall(r"\bmake (?:-\S+ )*([a-z-]+)", one.text)
        if goal in needs
    }
    found = {need for goal in goals for need in needs[goal].split() if "$(" in need}
    return sorted(re.sub(r"\$\((\w+)\)", lambda name: variables[name[1]], one) for one in found)


def unclear() -> list[str]:
    """Lines that look like a command, in blocks that are not read as commands."""
    return [
        line
        for page in PAGES
        for block in _blocks(page)
        if not block.startswith(PROGRAMS)
        for line in block.splitlines()
        if re.match(r"\$ |(make|curl|aws) ", line)
    ]
