"""The doctor: each kind of project has its uses found, with their verdicts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commands.doctor.doctor_command import doctor
from commands.doctor.examine import examine
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
    assert [*answer] == ["schema", "to_do", "verdicts", "uses", "files", "cannot_see"]
    assert [*answer["verdicts"]] == ["works", "release", "pointed", "lives-on", "unsure", "ended"]
    assert [*answer["uses"][0]] == [
        "file", "line", "what", "verdict", "to_do", "change", "note", "link",
    ]  # fmt: skip
    assert sum(answer["verdicts"].values()) == len(answer["uses"])
    assert [*answer["files"]] == [
        "searched", "unread", "plain_text", "cut", "minified", "ignored", "links",
        "skipped_folders",
    ]  # fmt: skip


@pytest.mark.parametrize("name", PROJECTS)
def test_no_secret_is_printed(name: str, tmp_path: Path) -> None:
    """Nothing of a file is, but names that the tables have."""
    unpack(name, tmp_path)
    printed = run(tmp_path, "--all").stdout + run(tmp_path, "--json").stdout

    for secret in ("SECRET", "0123456789abcdef", "token@", "events.example.com", "secret-role"):
        assert secret not in printed


def test_a_name_that_no_table_has_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_text('resource "aws_pinpoint_SECRET" "a" {}\n')
    (tmp_path / "broken.tf").write_text('resource "aws_pinpoint_SECRET" "a" {\n')
    (tmp_path / "a.yaml").write_text(
        "Type: AWS::Pinpoint::SECRET\nAction: mobiletargeting:SECRET\n"
    )
    (tmp_path / "a.ts").write_text("new pinpoint.CfnSECRET(); 'mobiletargeting:SECRET*'\n")
    (tmp_path / "package.json").write_text(
        '{"dependencies": {"@aws-sdk/client-pinpoint": "git+https://SECRET@example.com"}}'
    )
    printed = run(tmp_path).stdout + run(tmp_path, "--json").stdout

    assert len(told(tmp_path)) == 4
    assert "SECRET" not in printed


def test_a_name_cannot_disturb_the_terminal(tmp_path: Path) -> None:
    name = b"\xff\x1b]0;owned\x07\x1b[31m\n\xe2\x80\xae.py"
    with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
        file.write(b'import boto3\nboto3.client("pinpoint")\n')
    printed = run(tmp_path).stdout
    [use] = json.loads(run(tmp_path, "--json").stdout)["uses"]

    assert "boto3 client" in printed
    assert all(c.isprintable() or c == "\n" for c in printed)
    assert r"\x1b]0;owned" in printed
    assert use["file"] == "\\xff\x1b]0;owned\x07\x1b[31m\n\u202e.py"


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
