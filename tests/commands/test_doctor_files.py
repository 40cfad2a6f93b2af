"""Which files the doctor reads, and that no file stops it or makes it read more than it should."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.doctor.doctor_command import doctor
from commands.doctor.examine import Examination, examine
from commands.doctor.file_text import MAX_BYTES
from commands.doctor.project_files import Walk

CLIENT = 'import boto3\nboto3.client("pinpoint")\n'
SERVED = "Action: mobiletargeting:PutEvents"


def examined(folder: Path, follow_ignore: bool = True) -> Examination:
    return examine(Walk(folder, follow_ignore=follow_ignore))


def files(seen: Examination) -> list[str]:
    return [advice.file for advice in seen.advice]


def write(folder: Path, **texts: str | bytes) -> None:
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_gitignore_is_followed_as_git_does(tmp_path: Path) -> None:
    write(
        tmp_path,
        _dot_gitignore="*.py\n!kept.py\n/top\n",
        a_dot_py=CLIENT, kept_dot_py=CLIENT, top__kept_dot_py=CLIENT, in__top__kept_dot_py=CLIENT,
        deep___dot_gitignore="!b.py\nkept.py\n", deep__b_dot_py=CLIENT, deep__kept_dot_py=CLIENT,
    )  # fmt: skip
    seen = examined(tmp_path)

    assert files(seen) == ["kept.py", "deep/b.py", "in/top/kept.py"]
    assert seen.ignored == 3
    assert len(files(examined(tmp_path, follow_ignore=False))) == 6


def test_what_amplify_has_ignored_is_read(tmp_path: Path) -> None:
    outputs = '{"analytics": {"amazon_pinpoint": {}}}'
    write(tmp_path, _dot_gitignore="amplify_outputs*\n.env*\n", amplify_outputs_dot_json=outputs,
          _dot_env_dot_local="AWS_ENDPOINT_URL_PINPOINT=https://x\n")  # fmt: skip

    assert files(examined(tmp_path)) == [".env.local", "amplify_outputs.json"]


def test_what_was_installed_or_built_is_skipped(tmp_path: Path) -> None:
    folders = ["node_modules", "Pods", "build", ".git", "vendor", ".venv", "src"]
    for folder in folders:
        write(tmp_path, **{f"{folder}__a_dot_py": CLIENT})
    seen = examined(tmp_path)

    assert files(seen) == ["src/a.py"]
    assert seen.skipped_folders == len(folders) - 1


@pytest.mark.timeout(60)
def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    write(tmp_path, a__b_dot_py=CLIENT)
    (tmp_path / "a/up").symlink_to(tmp_path)
    (tmp_path / "a/self").symlink_to(tmp_path / "a/self")
    (tmp_path / "zero.py").symlink_to("/dev/zero")
    seen = examined(tmp_path)

    assert files(seen) == ["a/b.py"]
    assert seen.links == 3


@pytest.mark.timeout(60)
def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")

    assert examined(tmp_path).searched == 0


def make_too_deep(folder: Path) -> None:
    """A path longer than the system opens, made a folder at a time."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=here)
        there = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = there
    os.close(here)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    write(tmp_path, a_dot_py=CLIENT)
    make_too_deep(tmp_path)
    seen = examined(tmp_path)

    assert files(seen) == ["a.py"]
    assert [why for _, why in seen.unread] == ["File name too long"]


def test_what_cannot_be_read_is_not_passed_as_clean(tmp_path: Path) -> None:
    make_too_deep(tmp_path)
    done = CliRunner().invoke(doctor, [str(tmp_path)])

    assert done.exit_code == 1
    assert "(File name too long)" in done.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)

    assert examined(tmp_path).unread == [("closed", "Permission denied")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"]
)
def test_an_encoding_that_editors_write_is_read(encoding: str, tmp_path: Path) -> None:
    """And every line end: the command stands on the third line."""
    for number, end in enumerate(["\n", "\r\n", "\r"]):
        text = f"# caf\u00e9{end}set -e{end}aws pinpoint put-events{end}"
        (tmp_path / f"{number}.sh").write_bytes(text.encode(encoding))

    assert [(a.file, a.line) for a in examined(tmp_path).advice] == [
        ("0.sh", 3), ("1.sh", 3), ("2.sh", 3),
    ]  # fmt: skip


def test_what_is_binary_is_not_searched(tmp_path: Path) -> None:
    write(tmp_path, a_dot_py=b"\x7fELF\0\0\0" + CLIENT.encode(), b_dot_png=CLIENT)

    assert files(examined(tmp_path)) == []


@pytest.mark.timeout(120)
def test_a_huge_file_is_searched_as_far_as_told(tmp_path: Path) -> None:
    early = f"{SERVED}\n" + "x: y\n" * (MAX_BYTES // 5)
    write(tmp_path, a_dot_yaml=early, b_dot_yaml="x: y\n" * (MAX_BYTES // 5) + SERVED)
    with (tmp_path / "c.json").open("wb") as file:
        file.truncate(2**40)  # sparse: no disk holds it
    seen = examined(tmp_path)

    assert files(seen) == ["a.yaml"]
    assert seen.cut == ["a.yaml", "b.yaml"]
    assert [name for name, _ in seen.unread] == ["b.yaml"]


def test_a_bundle_is_named_and_not_searched(tmp_path: Path) -> None:
    write(tmp_path, a_dot_js="new PinpointClient({});" + "x=1;" * 10_000)
    seen = examined(tmp_path)

    assert (files(seen), seen.minified) == ([], ["a.js"])
