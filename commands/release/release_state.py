"""Whether a state can be released, and the files of its commit, in a folder of their own."""

import re
import subprocess
import tarfile
import tomllib
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path

from commands.exit_codes import StoppedError

ROOT = Path(__file__).parents[2]
_VERSION = r"\d+\.\d+\.\d+((a|b|rc)\d+)?"


def project_version() -> str:
    """Return the version, which stands in pyproject.toml and nowhere else."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return version


def check_state(version: str, commit: str, *, is_new: bool = True) -> None:
    """Stop unless everything is committed, the changelog has the version, and no tag does.

    Whoever builds a release that is there already, to compare it, has its tag's commit.
    """
    if not re.fullmatch(_VERSION, version):
        raise StoppedError(
            f"The version in pyproject.toml is '{version}', but must be like 1.2.3 or 1.2.3rc1."
        )
    if changed := git("status", "--porcelain"):
        raise StoppedError(f"Commit or remove first:\n{changed}")
    # `git status` does not look at these: h and s of `git ls-files -v`.
    tracked = git("ls-files", "-v").splitlines()
    if unseen := [line[2:] for line in tracked if line[0].islower() or line[0] == "S"]:
        raise StoppedError(
            "git does not look at these: git update-index --no-assume-unchanged "
            f"--no-skip-worktree {' '.join(unseen)}"
        )
    if git("rev-parse", "HEAD") != commit:
        raise StoppedError("Another commit was checked out while the release was built.")
    _check_changelog(version)
    has_tag = git("tag", "--list", f"v{version}")
    if has_tag and (is_new or git("rev-list", "--max-count=1", f"v{version}") != commit):
        raise StoppedError(f"There is a tag v{version}: raise the version in pyproject.toml.")


def check_identity() -> None:
    """Stop if git cannot tag, for it does not know who does."""
    try:
        git("var", "GIT_COMMITTER_IDENT")
    except StoppedError:
        raise StoppedError(
            "git knows no name and address for the tag: git config user.name and user.email."
        ) from None


def export(commit: str, folder: Path) -> Path:
    """Write a commit's files into a folder: nothing that git ignores or does not know."""
    packed = _run("-c", "core.autocrlf=false", "archive", "--format=tar", commit)
    with tarfile.open(fileobj=BytesIO(packed)) as files:
        files.extractall(folder, filter="data")
    return folder


def git(*words: str) -> str:
    """Run git in this clone and return what it prints."""
    return _run(*words).decode().strip()


def _check_changelog(version: str) -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    unreleased = re.search(r"^## Unreleased$(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    if unreleased and unreleased[1].strip():
        raise StoppedError(
            "CHANGELOG.md has changes under `## Unreleased`: "
            f"move them to the section of {version}."
        )
    heading = rf"^## {re.escape(version)} - (\d{{4}}-\d\d-\d\d)$"
    found = re.search(heading, text, re.MULTILINE)
    with suppress(ValueError):
        if found and date.fromisoformat(found[1]):
            return
    raise StoppedError(f"CHANGELOG.md has no section `## {version} - YYYY-MM-DD`.")


def _run(*words: str) -> bytes:
    done = subprocess.run(  # noqa: S603 - our own arguments
        ["git", *words],  # noqa: S607 - found on the PATH
        cwd=ROOT, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    if done.returncode:
        raise StoppedError(f"git {words[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
