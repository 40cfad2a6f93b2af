"""import-endpoints into the store of `make run`, while it runs and while it does not."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.__main__ import main
from local.database import FILE, Database
from tests.local.conftest import StartGateway
from tests.local.running_gateway import ROOT, environment

EXPORTED = {
    "Id": "phone", "ChannelType": "GCM", "Address": "token",
    "EffectiveDate": "2024-05-06T07:08:09Z", "Attributes": {"interests": ["science"]},
    "User": {"UserId": "jane"},
}  # fmt: skip


def import_endpoints(file: Path, data_dir: Path) -> tuple[int, str, str]:
    options = ("--application-id", "my-app", "--data-dir", str(data_dir))
    ended = subprocess.run(
        [sys.executable, "-m", "commands", "import-endpoints", file, *options],
        env=environment(data_dir), cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    return ended.returncode, ended.stdout, ended.stderr


def test_endpoints_are_imported_while_the_gateway_runs_and_what_it_heard_stays(
    start_gateway: StartGateway, tmp_path: Path
) -> None:
    gateway = start_gateway()
    said = json.dumps({"Attributes": {"interests": ["music"]}})
    assert gateway.ask("PUT", "/v1/apps/my-app/endpoints/phone", said)[0] == 202
    file = tmp_path / "export.json"
    lines = [EXPORTED, {"ChannelType": "SMS", "Address": "+1"}, {"ChannelType": "PIGEON"}]
    file.write_text("\n".join(map(json.dumps, lines)))

    status, summary, told = import_endpoints(file, gateway.data_dir)

    assert (status, summary.splitlines()[:2]) == (
        1,
        ["imported   2 endpoints", "rejected   1 line"],
    )
    assert told.startswith(f"{file}:3: Input should be ")
    phone = gateway.ask("GET", "/v1/apps/my-app/endpoints/phone")[1]
    assert (phone["Address"], phone["Attributes"]) == ("token", {"interests": ["music"]})
    [user] = gateway.ask("GET", "/v1/apps/my-app/users/jane")[1]["Item"]
    assert user["Id"] == "phone"
    assert len(gateway.endpoints()) == 2
    assert not file.with_name("export.json.checkpoint").exists()


def test_again_changes_nothing_and_a_store_that_is_not_there_is_a_sentence(
    start_gateway: StartGateway, tmp_path: Path
) -> None:
    gateway = start_gateway()
    assert gateway.end() == (0, "")
    file = tmp_path / "segment.csv"
    file.write_text("User.UserId,User.UserAttributes.plan\njane,pro\n")
    rows = "SELECT endpoint_id, revision FROM endpoint_items ORDER BY endpoint_id"

    assert import_endpoints(file, gateway.data_dir)[0] == 0
    before = gateway.rows(rows)
    assert import_endpoints(file, gateway.data_dir)[0] == 0
    assert gateway.rows(rows) == before
    assert len(before) == 2  # the endpoint, and its user

    (tmp_path / "empty").mkdir()
    status, _, told = import_endpoints(file, tmp_path / "empty")
    assert (status, told) == (
        3,
        f"Error: Nothing is stored in {tmp_path / 'empty'}:"
        f" start `make run DATA_DIR={tmp_path / 'empty'}` once.\n",
    )  # fmt: skip
    assert list((tmp_path / "empty").iterdir()) == []


def test_an_application_that_may_not_be_meant_is_named_and_imported(tmp_path: Path) -> None:
    with closing(Database(tmp_path / FILE)) as store, store.transaction():
        pass  # the file is there
    file = tmp_path / "export.json"
    file.write_text(json.dumps(EXPORTED))

    def told(app: str, *options: str) -> str:
        typed = ["import-endpoints", str(file), "--data-dir", str(tmp_path), "--application-id"]
        done = CliRunner().invoke(main, [*typed, app, *options])
        assert (done.exit_code, "1 endpoint" in done.stdout) == (0, True), done.output
        return done.stderr

    assert told("my-app") == ""
    assert told("nope-app") == "'nope-app' is new in this store; it has endpoints of my-app.\n"
    assert told("nope-app") == ""
    app = "a" * 41  # `make run` serves it
    assert told(app, "--dry-run") == (
        f"No deployed lake can serve the application '{app}': `applicationIds` takes letters,"
        " digits, '.', '_' and '-', at most 40 in an id.\n"
    )


@pytest.mark.parametrize("app", ["a b", "a/b", "ä", "a;b", "a,b", "*"])
@pytest.mark.parametrize("place", [["--dry-run"], ["--data-dir", "."], []])
def test_an_application_that_make_run_would_not_serve_is_an_error(
    app: str, place: list[str], tmp_path: Path
) -> None:
    (tmp_path / "export.json").write_text(json.dumps(EXPORTED))
    typed = ["import-endpoints", str(tmp_path / "export.json"), "--application-id", app, *place]

    done = CliRunner().invoke(main, typed)

    assert (done.exit_code, done.stdout) == (2, "")
    assert f"Nothing can serve the application {app!r}: an id has letters, digits" in done.stderr
    assert [*tmp_path.iterdir()] == [tmp_path / "export.json"]
