"""A release is of a clean commit, of its files alone, and is stopped before anything is built."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from commands.exit_codes import StoppedError
from commands.release import release_command, release_state
from commands.release.release_command import _work_folder
from commands.release.release_state import check_identity, check_state, export

VERSION = "9.8.7"


class Clone:
    """A clone of somebody's, in which the release is made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init")

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false"]
        return subprocess.run(
            ["git", *who, *words], cwd=self.folder, check=True, capture_output=True, text=True
        ).stdout.strip()

    def committed(self, changelog: str) -> str:
        (self.folder / "CHANGELOG.md").write_text(changelog)
        self.git("add", "-A")
        self.git("commit", "-m", "a")
        return self.git("rev-parse", "HEAD")


@pytest.fixture(name="clone")
def _clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    monkeypatch.setattr(release_state, "ROOT", tmp_path)
    return Clone(tmp_path)


def test_only_a_clean_commit_with_a_changelog_and_no_tag_is_released(clone: Clone) -> None:
    commit = clone.committed("## Unreleased\n## 9.8.7 - 2026-99-99\n")
    with pytest.raises(StoppedError, match=r"no section `## 9\.8\.7 - YYYY-MM-DD`"):
        check_state(VERSION, commit)
    commit = clone.committed("## Unreleased\n\n- new\n\n## 9.8.7 - 2026-11-26\n")
    with pytest.raises(StoppedError, match="changes under `## Unreleased`"):
        check_state(VERSION, commit)
    commit = clone.committed("## Unreleased\n\n## 9.8.7 - 2026-11-26\n")
    check_state(VERSION, commit)
    with pytest.raises(StoppedError, match="Another commit"):
        check_state(VERSION, "0" * 40)
    (clone.folder / "new").touch()
    with pytest.raises(StoppedError, match="Commit or remove first"):
        check_state(VERSION, commit)
    (clone.folder / "new").unlink()
    clone.git("tag", "v9.8.7", "-m", "a")
    with pytest.raises(StoppedError, match="There is a tag"):
        check_state(VERSION, commit)
    check_state(VERSION, commit, is_new=False)  # whoever compares it with another's build
    commit = clone.committed("## 9.8.7 - 2026-11-27\n")
    with pytest.raises(StoppedError, match="There is a tag"):
        check_state(VERSION, commit, is_new=False)


@pytest.mark.parametrize("version", ["1.0", "1.0.1 beta/../x", "v1.0.1", "1.0.1\n"])
def test_a_version_that_is_none_is_not_released(version: str) -> None:
    with pytest.raises(StoppedError, match="but must be like"):
        check_state(version, "0" * 40)


def test_a_release_is_of_the_commits_files_and_of_no_others(clone: Clone) -> None:
    (clone.folder / ".gitignore").write_text("dist/\n")
    (clone.folder / "code.py").write_text("GOOD = 1")
    commit = clone.committed("## 9.8.7 - 2026-11-26\n")
    (clone.folder / "dist").mkdir()
    (clone.folder / "dist/evil.py").write_text("EVIL = 1")
    check_state(VERSION, commit)
    for hide, show in (("assume-unchanged", "no-assume-unchanged"),
                       ("skip-worktree", "no-skip-worktree")):  # fmt: skip
        clone.git("update-index", f"--{hide}", "code.py")
        (clone.folder / "code.py").write_text("EVIL = 1")
        with pytest.raises(StoppedError, match=r"git does not look at these: .* code\.py$"):
            check_state(VERSION, commit)

        made = export(commit, clone.folder.with_name(hide))
        assert {path.name for path in made.iterdir()} == {".gitignore", "CHANGELOG.md", "code.py"}
        assert (made / "code.py").read_text() == "GOOD = 1"
        clone.git("update-index", f"--{show}", "code.py")


def test_a_tag_needs_somebody_before_anything_is_built(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(variable, raising=False)
    for scope in ("GLOBAL", "SYSTEM"):
        monkeypatch.setenv(f"GIT_CONFIG_{scope}", os.devnull)
    clone.git("config", "user.useConfigOnly", "true")
    with pytest.raises(StoppedError, match="git knows no name and address"):
        check_identity()
    clone.git("config", "user.name", "a")
    clone.git("config", "user.email", "a@localhost")
    check_identity()


def test_what_a_killed_build_has_left_is_removed_and_two_do_not_build_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_command, "BUILD", tmp_path)
    kept = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
    (tmp_path / "release-killed/first").mkdir(parents=True)
    try:
        with _work_folder() as folder:
            assert [path.name for path in tmp_path.glob("release-*")] == [folder.name]
            with pytest.raises(StoppedError, match="Another release"), _work_folder():
                pass
        with pytest.raises(SystemExit), _work_folder():
            os.kill(os.getpid(), signal.SIGTERM)
        assert list(tmp_path.glob("release-*")) == []
    finally:
        for number, handler in zip((signal.SIGTERM, signal.SIGHUP), kept, strict=True):
            signal.signal(number, handler)
