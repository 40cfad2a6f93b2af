"""Which files of a project are read: not what was installed, built or ignored, and no links."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pathspec import GitIgnoreSpec

# Folders of what was installed, built or generated.
SKIPPED = frozenset(
    "node_modules bower_components jspm_packages Pods Carthage DerivedData vendor .git .hg"
    " .svn build dist out target obj .build .gradle .dart_tool .pub-cache .next .nuxt .output"
    " .svelte-kit .venv venv site-packages __pycache__ .tox .nox .mypy_cache .ruff_cache"
    " .pytest_cache coverage cdk.out .aws-sam .serverless .terraform .amplify #current-cloud-"
    " backend .expo .idea .yarn .cache .turbo .angular".split()
)
# Amplify has these ignored by Git, and they say most.
READ_ANYWAY = (
    "amplify_outputs",
    "aws-exports.",
    "amplifyconfiguration.",
    "awsconfiguration.",
    ".env",
)
_MAX_IGNORE = 1_000_000  # bytes of a .gitignore
Rules = tuple[tuple[str, GitIgnoreSpec], ...]  # of the folders above, each from its path on


@dataclass
class Walk:
    """A walk over a project, and what it met beside the files."""

    root: Path
    exclude: GitIgnoreSpec = field(default_factory=lambda: GitIgnoreSpec.from_lines([]))
    follow_ignore: bool = True
    unread: list[tuple[str, str]] = field(default_factory=list)
    ignored: int = 0
    links: int = 0
    skipped_folders: int = 0

    def files(self) -> Iterator[tuple[str, str, os.stat_result]]:
        """Yield path, path from the root and status of each file, in the order of their names."""
        if self.root.is_file():
            yield str(self.root), self.root.name, self.root.stat()
            return
        waiting: list[tuple[str, str, Rules]] = [(str(self.root), "", ())]
        while waiting:
            folder, relative, rules = waiting.pop()
            try:
                with os.scandir(folder) as entries:
                    found = sorted(entries, key=lambda entry: entry.name)
            except OSError as error:
                self.unread.append((relative or ".", _why(error)))
                continue
            rules = self._rules(found, relative, rules)
            folders = []
            for entry in found:
                path = f"{relative}{entry.name}"
                try:
                    if entry.is_symlink():
                        self.links += 1
                    elif entry.is_dir(follow_symlinks=False):
                        if self._enters(entry.name, path, rules):
                            folders.append((entry.path, f"{path}/", rules))
                    elif entry.is_file(follow_symlinks=False) and self._reads(
                        entry.name, path, rules
                    ):
                        yield entry.path, path, entry.stat(follow_symlinks=False)
                except OSError as error:
                    self.unread.append((path, _why(error)))
            waiting.extend(reversed(folders))

    def _rules(self, entries: list[os.DirEntry[str]], relative: str, rules: Rules) -> Rules:
        """The rules above and those of this folder's .gitignore."""
        if not self.follow_ignore:
            return ()
        for entry in entries:
            if entry.name == ".gitignore" and entry.is_file(follow_symlinks=False):
                try:
                    with open(entry.path, encoding="utf-8", errors="replace") as file:
                        lines = file.read(_MAX_IGNORE).splitlines()
                    spec = GitIgnoreSpec.from_lines(filter(_is_pattern, lines))
                    return (*rules, (relative, spec))
                except OSError as error:
                    self.unread.append((f"{relative}.gitignore", _why(error)))
        return rules

    def _enters(self, name: str, path: str, rules: Rules) -> bool:
        if name in SKIPPED or self.exclude.match_file(f"{path}/"):
            self.skipped_folders += 1
            return False
        if _is_ignored(f"{path}/", rules):
            self.ignored += 1
            return False
        return True

    def _reads(self, name: str, path: str, rules: Rules) -> bool:
        if self.exclude.match_file(path):
            return False
        if not name.startswith(READ_ANYWAY) and _is_ignored(path, rules):
            self.ignored += 1
            return False
        return True


def _is_ignored(path: str, rules: Rules) -> bool:
    """What the deepest .gitignore that names the path says."""
    for base, spec in reversed(rules):
        said = spec.check_file(path[len(base) :]).include
        if said is not None:
            return said
    return False


def _is_pattern(line: str) -> bool:
    """Whether a line of a .gitignore can be used; Git skips the others too."""
    if line.count("*") > 8:  # would take its matcher for ever
        return False
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__
