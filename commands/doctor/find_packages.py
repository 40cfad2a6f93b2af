"""Packages that a manifest or a lock file asks for, by the table of its ecosystem."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import PurePosixPath

from commands.doctor.found import Found, Role
from commands.doctor.knowledge import FOLDER
from commands.doctor.leaf import Leaf
from commands.doctor.line_numbers import LineNumbers

# A file's name: its ecosystem, and whether it is a lock file.
_FILES = {
    "package.json": ("npm", False), "package-lock.json": ("npm", True),
    "npm-shrinkwrap.json": ("npm", True), "yarn.lock": ("npm", True),
    "pnpm-lock.yaml": ("npm", True),
    "Podfile": ("cocoapods", False), "Podfile.lock": ("cocoapods", True),
    "Package.swift": ("swift", False), "Package.resolved": ("swift", True),
    "pubspec.yaml": ("pub", False), "pubspec.lock": ("pub", True),
    "pyproject.toml": ("python", False), "Pipfile": ("python", False),
    "setup.cfg": ("python", False), "setup.py": ("python", False),
    "Pipfile.lock": ("python", True), "poetry.lock": ("python", True),
    "uv.lock": ("python", True), "go.mod": ("go", False), "pom.xml": ("maven", False),
    "Directory.Packages.props": ("nuget", False), "packages.config": ("nuget", False),
    "Gemfile": ("gem", False), "Gemfile.lock": ("gem", True),
    "Cargo.toml": ("cargo", False), "Cargo.lock": ("cargo", True),
}  # fmt: skip
_ENDINGS = {
    ".gradle": "maven", ".gradle.kts": "maven", ".versions.toml": "maven", ".sbt": "maven",
    ".csproj": "nuget", ".fsproj": "nuget", ".gemspec": "gem", ".podspec": "cocoapods",
}  # fmt: skip
_APART = re.compile(
    r"group\s*[:=]\s*['\"]([\w.-]+)['\"]\s*,\s*(?:name|module)\s*[:=]\s*['\"]([\w.-]+)['\"]"
)
_EXTRA = re.compile(r"\b(?:types-)?(?:aio)?boto(?:3|core)(?:-stubs)?\[[^\]\n]*\bpinpoint\b")


def ecosystem(path: str) -> tuple[str, bool] | None:
    """The ecosystem of a manifest, and whether it is a lock file."""
    name = PurePosixPath(path).name
    if name in _FILES:
        return _FILES[name]
    if name.startswith(("requirements", "constraints")) and name.endswith((".txt", ".in")):
        return "python", False
    return next(((kind, False) for end, kind in _ENDINGS.items() if name.endswith(end)), None)


@cache
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads((FOLDER / "packages.toml").read_text("utf-8"))


@cache
def umbrellas() -> frozenset[str]:
    """Packages that hold other services too."""
    return frozenset(_tables()["umbrella"]["names"])


def in_leaves(path: str, leaves: Iterable[Leaf]) -> Iterator[Found]:
    """Packages in a manifest that a parser has read."""
    kind = ecosystem(path)
    if kind is None:
        return
    table, role = _tables()[kind[0]], Role.LOCKED if kind[1] else Role.PACKAGE
    group: tuple[tuple[str, ...], str] = ((), "")
    for leaf in leaves:
        if leaf.path[-1:] in (("groupId",), ("group",)):
            group = leaf.path[:-1], leaf.text
        for name in _names(kind[0], leaf, group):
            if name in table:
                yield Found(leaf.line, role, table[name], name)
            elif kind[0] == "python" and _EXTRA.match(name):
                yield Found(leaf.line, role, "types", "boto3-stubs[pinpoint]")


def _names(kind: str, leaf: Leaf, group: tuple[tuple[str, ...], str]) -> list[str]:
    """The names that a leaf may ask for."""
    key = leaf.path[-1] if leaf.path else ""
    if kind == "maven":
        together = [":".join(leaf.text.split(":")[:2])]
        if key in ("artifactId", "name") and group[0] == leaf.path[:-1]:
            together.append(f"{group[1]}:{leaf.text}")
        return together
    if kind == "npm":
        asked = any("ependencies" in part or part == "packages" for part in leaf.path[:-1])
        return [re.sub(r"^(?:.*node_modules/|/)|(?<=.)@[^@/]*$", "", key)] if asked else []
    return [key, leaf.text, re.split(r"[\s=<>!~;(]", leaf.text, maxsplit=1)[0]]


def in_text(path: str, text: str) -> Iterator[Found]:
    """Packages in a manifest that is a program or plain text; comments are taken out."""
    kind = ecosystem(path)
    if kind is None:
        return
    role, lines = Role.LOCKED if kind[1] else Role.PACKAGE, LineNumbers(text)
    for name, subject in _tables()[kind[0]].items():
        if name not in text or (kind[0] == "swift" and name in umbrellas()):
            continue
        for found in _exactly(name).finditer(text):
            yield Found(lines.at(found.start()), role, subject, name)
    for found in _APART.finditer(text):
        name = f"{found[1]}:{found[2]}"
        if kind[0] == "maven" and name in _tables()["maven"]:
            line = lines.at(found.start())
            yield Found(line, role, _tables()["maven"][name], name)
    for found in _EXTRA.finditer(text) if kind[0] == "python" else ():
        line = lines.at(found.start())
        yield Found(line, role, "types", "boto3-stubs[pinpoint]")


@cache
def _exactly(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w./@-]){re.escape(name)}(?![\w/-]|\.\w*[a-z])")
