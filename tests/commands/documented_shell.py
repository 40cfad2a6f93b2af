"""The commands that the pages of the site tell a reader to type, in blocks and in sentences."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from commands.site.navigation import entries

ROOT = Path(__file__).parents[2]
PAGES = [entry.path for entry in entries()]
# What a line begins with that is typed into a shell, after settings of its own (`NAME=value`).
_PROGRAMS = (
    "make", "curl", "aws", "export", r"\.venv\S*/bin/\S+", r"\S+/\.bin/cdk", "python3?", "uv",
    "pip", "npm", "npx", "node", "git", "docker", "podman", "terraform", "cdk", "cd", r"\.",
    "sh", "bash", "sed", "grep", "gunzip", "kill", "sha256sum", "pre-commit", "awscurl", "sqlite3",
    "duckdb",
)  # fmt: skip
_TYPED = re.compile(rf'(?:\w+=(?:"[^"]*"|\S*) )*(?:{"|".join(_PROGRAMS)})(?:\s|$)')
_SHELL = ("", "sh", "bash", "shell", "console", "text")  # labels of a block
_PARSER = MarkdownIt("commonmark").enable("table")


class Typed(NamedTuple):
    """A command of a page, and those of its block before it that set the shell up."""

    page: str
    text: str
    before: str = ""


def typed() -> list[Typed]:
    """Each command in the blocks of the pages once a page, in order."""
    found = dict[Typed, None]()
    for page, label, block in _blocks():
        if label not in _SHELL or not _TYPED.match(block):
            continue
        before = ""
        for command in _commands(block):
            if command.startswith("export "):
                before += f"{command}\n"
            else:
                found[Typed(page, command, before)] = None
    return list(found)


def mentioned() -> list[Typed]:
    """Each command that stands in a sentence or a table, of two words at least; each once."""
    found = dict[str, Typed]()
    for page in PAGES:
        for token in _tokens(page):
            for part in token.children or []:
                text = " ".join(part.content.split())
                if part.type == "code_inline" and _TYPED.match(text) and " " in text:
                    found.setdefault(text, Typed(page, text))
    return list(found.values())


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
        f"{page}: {line}"
        for page, label, block in _blocks()
        if label not in _SHELL or not _TYPED.match(block)
        for line in block.splitlines()
        if re.match(r"\s*(\$ |(make|curl|aws|pip|npm|git|docker|podman|terraform|cdk) )", line)
    ]


def _tokens(page: str) -> list[Token]:
    return _PARSER.parse((ROOT / page).read_text())


def _blocks() -> Iterator[tuple[str, str, str]]:
    """Page, label and text of each block, also of those in a list."""
    for page in PAGES:
        for token in _tokens(page):
            if token.type in ("fence", "code_block"):
                yield page, token.info, token.content


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
