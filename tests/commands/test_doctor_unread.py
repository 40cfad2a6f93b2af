"""What the doctor did not read is not passed as clean, and nothing else is told as unread."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.doctor.doctor_command import doctor
from commands.doctor.file_text import MAX_BYTES
from tests.commands.test_doctor_files import CLIENT, examined, write


@pytest.mark.timeout(60)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("early", [-4, 100])
def test_what_is_cut_off_is_not_passed_as_clean(encoding: str, early: int, tmp_path: Path) -> None:
    """Nor what the cut goes through; without a word of Pinpoint's there is nothing to say."""
    wide = 2 if "16" in encoding else 1
    filler = "x\n" * ((MAX_BYTES // wide + early) // 2)
    (tmp_path / "a.sh").write_bytes(f"{filler}aws pinpoint put-events\n{filler}".encode(encoding))
    (tmp_path / "b.sh").write_bytes(f"{filler}{filler}".encode(encoding))
    done = CliRunner().invoke(doctor, [str(tmp_path)])

    assert done.exit_code == 1
    assert "Not read: a.sh (Pinpoint may be named behind its first 4 MB).\n" in done.stdout


def test_a_line_that_git_skips_in_a_gitignore_is_skipped(tmp_path: Path) -> None:
    write(tmp_path, _dot_gitignore="[\n!\n\\\n*.js\n", a_dot_py="", b_dot_js=CLIENT)
    seen = examined(tmp_path)

    assert (seen.unread, seen.ignored) == ([], 1)
