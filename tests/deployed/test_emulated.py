"""`make deploy-emulated` and `make destroy-emulated`, and that these tests stand outside."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from commands.exit_codes import ExitCode
from tests.deployed import emulated_stack
from tests.deployed.cdk_output import CdkOutput
from tests.deployed.deployed_gateway import send
from tests.deployed.emulated_processes import MARKS, Processes, command_of
from tests.deployed.emulator import ROOT, Emulator, free_port
from tests.deployed.eventually import eventually
from tests.deployed.not_emulated import refusal

WEB_ACL = (
    "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/a/12345678-1234-1234-1234-123456789012"
)
COMMAND_SECONDS = 300


def test_a_deployment_to_try_out_answers_the_curl_that_it_prints_and_goes_away(
    tmp_path: Path,
) -> None:
    if not shutil.which("curl"):
        pytest.skip("there is no curl here")
    folder = tmp_path / "with a space"
    try:
        failed = _command(folder, "up", "NoSuchStack")
        assert (folder / "state.json").exists()
        printed = _emulated(folder, "up", "-c", "auth=none", "-c", "destination=pinpoint")
        [command] = re.findall(r"^send +(curl .*)$", printed, re.MULTILINE)
        [queued] = re.findall(r"^queue +(\(\. .*\))$", printed, re.MULTILINE)
        sent = _in_empty_environment(queued, tmp_path)
        answer = subprocess.run(
            ["bash", "-c", command], cwd=ROOT, check=True, stdout=subprocess.PIPE
        ).stdout
        [port] = re.findall(r"API +http://localhost:(\d+)/", printed)
    finally:
        gone = _emulated(folder, "down")

    assert failed.returncode == ExitCode.STOPPED
    assert "NoSuchStack" in failed.stderr
    assert f"All of it is in {folder / 'cdk.log'}." in failed.stderr
    assert f"make destroy-emulated EMULATED_DIR='{folder}'" in failed.stderr
    assert f"\nend     make destroy-emulated EMULATED_DIR='{folder}'\n" in printed
    # A line for each step and its progress, what is not safe, and the six to copy from.
    assert len(printed.splitlines()) <= 14, printed
    assert re.search(r"^    (?:\d+ ){3}(\d+) of \1 resources$", printed, re.MULTILINE)
    assert re.findall("WARNING (.*?) ", printed) == ["auth=none"]  # of what was asked for
    assert json.loads(sent)["MessageId"]
    [endpoint] = json.loads(answer)["Results"].values()
    assert [item["Message"] for item in endpoint["EventsItemResponse"].values()] == ["Accepted"]
    assert gone.endswith("Nothing is left of the emulated deployment.\n")
    assert not folder.exists()
    assert not Emulator(tmp_path, int(port)).answers()


def test_a_lake_to_try_out_answers_sql(tmp_path: Path) -> None:
    folder = tmp_path / "emulated"
    try:
        settings = ("auth=none", "stackName=Try-it")
        printed = _emulated(folder, "up", *(word for s in settings for word in ("-c", s)))
        [api] = re.findall(r"API +(http://\S+)", printed)
        [query] = re.findall(r'make sql-emulated EMULATED_DIR=.+ QUERY="(.+)"', printed)
        body = (ROOT / "tests/events/requests/aws-documentation.json").read_bytes()
        assert send(f"{api}/v1/apps/my-app/events", body).status == 202
        found = _emulated(folder, "sql", query)
    finally:
        _emulated(folder, "down")

    assert 'make redrive OPTIONS="--stack Try-it"' in printed
    assert found.splitlines()[2:] == ["TestEvent  | ExampleEndpointID", "(1 row)"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("-c waf=true", "waf is not emulated, for MiniStack has no "),
        (f"--context=waf={WEB_ACL}", "waf is not emulated, for MiniStack has no "),
        ("-c tracing=stage", "tracing is not emulated, for MiniStack has no "),
        ("-c auth=none -c monthlyBudgetUsd=5", "monthlyBudgetUsd is not emulated, for MiniSt"),
        ("-c auth=nonsense", "The deploy setting auth is 'nonsense', but must be "),
        ("-c auth=cognito", "The deploy setting userPoolId is "),
        ("-cdestination=bus", "The deploy setting "),
    ],
)
def test_what_cannot_be_deployed_is_told_before_anything_starts(
    tmp_path: Path, options: str, sentence: str
) -> None:
    done = _command(tmp_path / "emulated", "up", *options.split())

    assert done.returncode == ExitCode.STOPPED
    assert done.stdout == ""
    assert f"Error: {sentence}" in done.stderr
    assert not (tmp_path / "emulated").exists()


@pytest.mark.parametrize("folder", ["", "em's $(id) d", "~/em"])
def test_what_is_said_to_type_names_the_folder(folder: str) -> None:
    """As make hands it on to the command."""
    typed = emulated_stack.typed("destroy-emulated", folder)
    typed = typed.replace("make", "make --no-print-directory -f-", 1)
    probe = "destroy-emulated: ; @printenv EMULATED_DIR || :"
    done = subprocess.run(
        ["sh", "-c", f'{typed} <<"END"\n{probe}\nEND'],
        capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip

    assert done.stdout.rstrip("\n") == folder


def test_what_cdk_json_has_is_emulated() -> None:
    assert refusal() == refusal("-c", "waf=false", "-c", "tracing=off", "--profile=mine") == ""


def test_nothing_here_imports_the_code_that_is_deployed() -> None:
    files = Path(__file__).parent.glob("*.py")
    code = re.compile(r"^\s*(from|import) (putevents|lambda_src)\b", re.MULTILINE)

    assert [file.name for file in files if code.search(file.read_text())] == []


def test_what_a_killed_emulator_leaves_is_taken_away(tmp_path: Path) -> None:
    """The file names both processes; one is gone, the other is ended, a stranger is left alone."""
    sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
    stranger, left = (subprocess.Popen([*sleep, mark], start_new_session=True)
                      for mark in ("stranger", MARKS["destination"]))  # fmt: skip
    folder = tmp_path / "emulated"
    try:
        folder.mkdir()
        (folder / "cdk.out").mkdir()  # of a synth that did not end
        state = {"emulator_port": free_port(), "emulator_pid": stranger.pid,
                 "destination_port": free_port(), "destination_pid": left.pid}  # fmt: skip
        (folder / "state.json").write_text(json.dumps(state))

        gone = _emulated(folder, "down")

        assert gone == "Nothing is left of the emulated deployment.\n"
        assert left.wait(20) != 0
        assert stranger.poll() is None
        assert not folder.exists()
        assert _emulated(folder, "down") == gone
    finally:
        for process in (stranger, left):
            process.kill()
            process.wait()


def test_an_emulator_that_still_answers_keeps_what_is_deployed_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESTINATION", "pinpoint")  # of another gateway: it is not for this one
    port, folder = free_port(), tmp_path / "emulated"
    (folder / "deployed").mkdir(parents=True)
    healthy = "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(tmp_path), str(port)
    (tmp_path / "_ministack").mkdir()
    (tmp_path / "_ministack/health").touch()
    # Known by a word of its command line: the folder that it serves.
    marked = tmp_path / MARKS["emulator"]
    marked.symlink_to(tmp_path)
    command = [sys.executable, *(str(marked) if w == str(tmp_path) else w for w in healthy)]
    emulator = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    state = {"emulator_port": port, "emulator_pid": emulator.pid, "destination_port": free_port()}
    (folder / "state.json").write_text(json.dumps(state))
    try:
        eventually(lambda: Processes(folder).has_emulator)
        _start_processes(folder)
        started = Processes(folder).state["destination_pid"]
        eventually(lambda: "try  " in (folder / "destination.log").read_text())
        _start_processes(folder)
        again = Processes(folder).state

        assert (folder / "deployed").exists()
        assert again == state | {"destination_pid": started}
        assert MARKS["destination"] in command_of(started), (folder / "destination.log").read_text()
    finally:
        Processes(folder).end()
        emulator.kill()
        emulator.wait()
    assert command_of(started) == ""
    assert not folder.exists()


def test_a_file_that_was_cut_off_is_no_hindrance(tmp_path: Path) -> None:
    folder = tmp_path / "emulated"
    folder.mkdir()
    (folder / "state.json").write_text('{"emulator_po')

    assert _emulated(folder, "down").startswith("Nothing is left")
    assert not folder.exists()


@pytest.mark.parametrize(("status", "all_"), [(0, 100), (3, 3), (0, 1)])
def test_a_long_run_of_the_cdk_is_a_few_lines(tmp_path: Path, status: int, all_: int) -> None:
    code = (
        f"for n in range({all_} + 1): print(f'Stack | {{n}}/{all_} | 10:00:00 AM | DONE')\n"
        "print('WARNING of something (Annotation)'); print('WARNING of nobody (Annotation)')\n"
        "print('last line'); raise SystemExit(int(%r))" % status
    )
    shown, log = io.StringIO(), tmp_path / "cdk.log"
    command = [sys.executable, "-c", code]
    done = CdkOutput(log, shown, pointless="of nobody").follow(
        "cdk deploy", command, tmp_path, {**os.environ}
    )

    lines = shown.getvalue().splitlines()
    assert all_ < 4 or lines[1] == "    25 50 75 100 of 100 resources"
    assert done[0] == status
    assert done[1].endswith("last line\n")
    assert lines[0] == "--- cdk deploy"
    assert lines[1].endswith(f" {all_} of {all_} resources")
    assert lines[2:] == ["    WARNING of something"]
    assert len(log.read_text().splitlines()) == all_ + 4


def _start_processes(folder: Path) -> None:
    """As a command does, which ends when they are started."""
    code = "from tests.deployed.emulated_processes import Path, Processes, sys;"
    code += "Processes(Path(sys.argv[1])).start()"
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}/lambda_src:{ROOT}"}
    subprocess.run([sys.executable, "-c", code, folder], env=environment, check=True, timeout=60)


def _in_empty_environment(command: str, home: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"
    return subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env={"PATH": path, "HOME": str(home)}, check=True,
        stdout=subprocess.PIPE, text=True, timeout=60,
    ).stdout  # fmt: skip


def _emulated(folder: Path, *command: str) -> str:
    done = _command(folder, *command)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _command(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "commands", "emulated", *command],
        cwd=ROOT,
        env={**os.environ, "EMULATED_DIR": str(folder), "PYTHONPATH": f"{ROOT}/lambda_src:{ROOT}"},
        check=False,
        text=True,
        capture_output=True,
        timeout=COMMAND_SECONDS,
    )
