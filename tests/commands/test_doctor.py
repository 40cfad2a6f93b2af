"""The doctor: each kind of project has its uses found, with their verdicts."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commands.doctor.doctor_command import doctor
from commands.doctor.doctor_report import ADDRESSES
from commands.doctor.examine import examine
from commands.doctor.knowledge import libraries
from commands.doctor.project_files import Walk
from tests.commands.doctor_projects.unpacked import PROJECTS, found, unpack
from tests.commands.test_program import imported, locked

ROOT = Path(__file__).parents[2]


def run(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(doctor, [str(folder), *options], catch_exceptions=False)


def told(folder: Path, *options: str) -> dict[str, dict[str, object]]:
    """The uses that `--json` tells, by what they are."""
    answer = json.loads(run(folder, "--json", *options).stdout)
    return {use["what"]: use for use in answer["uses"]}


@pytest.mark.parametrize("name", PROJECTS)
def test_the_uses_of_a_project_are_found(name: str, tmp_path: Path) -> None:
    expected = unpack(name, tmp_path)

    assert found(tmp_path) == expected


def test_every_kind_of_file_is_in_a_project() -> None:
    packed = "".join(
        (ROOT / f"tests/commands/doctor_projects/{name}.txt").read_text() for name in PROJECTS
    )

    for ending in (
        ".json", ".yaml", ".yml", ".toml", ".tf", ".ts", ".tsx", ".js", ".jsx", ".kt", ".java",
        ".swift", ".m", ".dart", ".py", ".go", ".cs", ".php", ".rb", ".rs", ".sh", ".kts",
        ".gradle", ".csproj", ".env", "Podfile", "Package.swift", "Package.resolved",
        "pubspec.yaml", "Pipfile", "pom.xml", "Dockerfile", "team-provider-info.json",
        "aws-exports.js", "amplify_outputs.json",
    ):  # fmt: skip
        assert f"{ending} --\n" in packed, ending


@pytest.mark.parametrize(
    ("name", "code"), [("nothing", 0), ("moved", 0), ("python", 1), ("variable", 1)]
)
def test_the_exit_code_says_whether_something_is_to_do(
    name: str, code: int, tmp_path: Path
) -> None:
    unpack(name, tmp_path)

    assert run(tmp_path).exit_code == code
    assert run(tmp_path, "--json").exit_code == code


def test_a_folder_that_is_not_there_is_a_wrong_option(tmp_path: Path) -> None:
    done = run(tmp_path / "nowhere")

    assert done.exit_code == 2
    assert "does not exist" in done.stderr


def test_the_summary_comes_first(tmp_path: Path) -> None:
    unpack("python", tmp_path)
    lines = run(tmp_path).stdout.splitlines()

    assert lines[0].endswith(" to do:")
    assert lines[4].startswith("works here ")
    assert any(line.startswith('      boto3.client("pinpoint", endpoint_url=') for line in lines)
    assert "Not seen by this command:" in lines


def test_json_keeps_its_fields(tmp_path: Path) -> None:
    unpack("python", tmp_path)
    answer = json.loads(run(tmp_path, "--json").stdout)

    assert answer["schema"] == 1
    assert [*answer] == ["schema", "to_do", "verdicts", "uses", "files", "cannot_see", "addresses"]
    assert [*answer["verdicts"]] == [
        "works", "release", "library", "pointed", "lives-on", "unsure", "ended",
    ]  # fmt: skip
    assert [*answer["uses"][0]] == [
        "file", "line", "what", "verdict", "to_do", "change", "note", "link",
    ]  # fmt: skip
    assert sum(answer["verdicts"].values()) == len(answer["uses"])
    assert [*answer["files"]] == [
        "searched", "unread", "plain_text", "cut", "minified", "ignored", "links",
        "skipped_folders",
    ]  # fmt: skip


def test_what_is_excluded_is_not_read(tmp_path: Path) -> None:
    unpack("moved", tmp_path)

    assert "call of SendMessages" in told(tmp_path)
    assert "call of SendMessages" not in told(tmp_path, "--exclude", "push.*")
    assert told(tmp_path, "--exclude", "*") == {}


def test_a_file_alone_is_examined(tmp_path: Path) -> None:
    unpack("moved", tmp_path)

    assert [use["file"] for use in told(tmp_path / "push.py").values()] == ["push.py"] * 2


def test_a_client_for_both_worlds_is_to_be_two(tmp_path: Path) -> None:
    unpack("python", tmp_path)
    uses = [use for use in examine(Walk(tmp_path)).advice if use.file == "shop/both.py"]
    [client] = [use for use in uses if use.what == "boto3 client"]

    assert "make a second client" in client.note


def test_a_stream_counts_only_where_it_may_be_pinpoints(tmp_path: Path) -> None:
    unpack("consumers", tmp_path)
    (tmp_path / "template.yaml").unlink()

    assert found(tmp_path) == []
    (tmp_path / "stream.py").write_text("pinpoint.put_event_stream(ApplicationId='shop')\n")
    assert any("consumers/loop.py:4 Kinesis" in use for use in found(tmp_path))


def test_an_address_is_printed_with_where_to_find_it(tmp_path: Path) -> None:
    unpack("ios", tmp_path)
    assert "https://YOUR-DOMAIN is the output ApiUrl of" in run(tmp_path).stdout
    unpack("python", tmp_path)
    printed = run(tmp_path).stdout
    assert "https://YOUR-GATEWAY/prod is the stack's output ApiUrl" in printed
    assert "docs/clients.md#which-auth-can-your-client-use" in printed
    for name in libraries().values():
        assert "YOUR-" not in name.line or any(address in name.line for address in ADDRESSES)


def test_nothing_is_said_of_addresses_without_one(tmp_path: Path) -> None:
    unpack("nothing", tmp_path)

    assert "ApiUrl" not in run(tmp_path).stdout


def test_progress_is_shown_on_a_terminal_only(tmp_path: Path) -> None:
    for number in range(500):
        (tmp_path / f"{number}.css").touch()
    command = [sys.executable, "-m", "commands", "doctor", str(tmp_path), "--json"]
    ours, theirs = pty.openpty()
    shown = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs, timeout=60)
    silent = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=True)
    os.close(theirs)

    assert b"500 files ..." in os.read(ours, 1_000)
    assert shown.stdout == silent.stdout
    assert json.loads(silent.stdout)["files"]["searched"] == 500
    assert silent.stderr == b""
    os.close(ours)


def test_it_needs_no_more_than_what_make_doctor_installs(tmp_path: Path) -> None:
    unpack("templates", tmp_path)
    (tmp_path / ".gitignore").write_text("build\n")
    code = "import sys\nfrom commands.__main__ import main\n"
    code += f"try:\n    main(['doctor', {str(tmp_path)!r}])\nfinally:\n"
    code += "    print(*sorted({n.partition('.')[0] for n in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 1, done.stderr
    loaded = {*done.stdout.splitlines()[-1].split()}
    assert {"click", "hcl2", "yaml", "pathspec", "tabulate"} <= loaded
    assert not {"boto3", "botocore", "pydantic", "aws_cdk", "duckdb"} & loaded
    # typing_extensions is used where it happens to be.
    needed = imported("doctor", "--help") - {"typing-extensions"}
    assert needed <= locked("commands/doctor/requirements.txt")
