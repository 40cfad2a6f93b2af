"""`make demo`: a made-up shop in the store, of which the page and every query show something."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.demo.demo_command import visit_now
from commands.demo.listening import RunningGateway
from commands.demo.past_visits import missing_visits
from commands.demo.shop import DAYS, history
from commands.exit_codes import StoppedError
from commands.forget.forget_command import forget
from commands.sql.sql_command import sql
from infra.queries import named_queries
from local.database import Database
from tests.commands import documented_shell
from tests.local.conftest import StartGateway
from tests.local.live_client import LiveClient
from tests.local.running_gateway import ROOT, environment
from tests.loopback import Response, serving

NOW = datetime.now(UTC)
SECONDS = 120
FREE = "1"  # a port on which nothing listens


def command(folder: Path, *words: str, port: str = FREE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "commands", *words], cwd=ROOT, capture_output=True, text=True,
        env={**environment(folder), "PORT": port}, timeout=SECONDS, check=False,
    )  # fmt: skip


@pytest.fixture(name="shop", scope="module")
def _shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop") / "data"
    done = command(folder, "demo", "--load-only")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"since {NOW - timedelta(days=DAYS - 1):%Y-%m-%d}" in done.stdout
    with closing(sqlite3.connect(folder / "putevents.db")) as store:
        for table, said in (("batch_events", "events of"), ("rejected_events", "more were")):
            [(count,)] = store.execute(f"SELECT count(*) FROM {table}")  # ours
            assert f" {count} {said}" in done.stdout
    return folder


def test_old_builds_and_new_ones_came_in_and_a_user_joins_them(shop: Path) -> None:
    query = """
        SELECT count(*) AS users FROM (
            SELECT endpoint.user.userid AS user FROM events
            WHERE NOT starts_with(client.client_id, 'web') GROUP BY 1
            HAVING bool_or(application.sdk.name = 'demo-shop-sink')
                AND bool_or(application.sdk.name <> 'demo-shop-sink')
        ) WHERE user IS NOT NULL
    """
    done = command(shop, "sql", "--query", query)

    assert done.returncode == 0
    assert int(done.stdout.splitlines()[2]) > 10
    versions = command(shop, "sql", "--name", "versions_and_platforms").stdout
    assert all(sdk in versions for sdk in ("demo-shop-sink", "amplify-android", "amplify-swift"))


@pytest.mark.parametrize("query", [query.file for query in named_queries()])
def test_every_named_query_shows_something(query: str, shop: Path) -> None:
    done = CliRunner().invoke(sql, ["--name", query], env={"DATA_DIR": str(shop)})

    assert (done.exit_code, done.stderr) == (0, "")
    assert "demo-shop" in done.stdout


def test_the_commands_of_the_sql_page_show_something(shop: Path) -> None:
    commands = [
        one.text.partition("    #")[0]
        for one in documented_shell.typed()
        if one.page == "docs/sql.md" and re.match(r"make sql \w+=", one.text)
    ]
    assert len(commands) == 3
    for text in commands:
        words = text.removeprefix("make sql ")
        given = subprocess.run(
            ["sh", "-c", f"printf '%s\\n' {words}"], capture_output=True, text=True, check=True,
            timeout=SECONDS,
        ).stdout.splitlines()  # fmt: skip
        options = [
            f"--{name.lower()}={value}" for name, _, value in (w.partition("=") for w in given)
        ]
        done = CliRunner().invoke(sql, options, env={"DATA_DIR": str(shop)})

        assert (done.exit_code, done.stderr) == (0, "")
        assert "(0 rows)" not in done.stdout


def test_what_is_there_is_not_loaded_again(shop: Path) -> None:
    counts = (
        "SELECT count(*) AS n FROM recent_events UNION ALL SELECT count(*) FROM rejected_events"
    )
    before = command(shop, "sql", "--query", counts).stdout

    done = command(shop, "demo", "--load-only")

    # Somebody may have come since.
    assert "Nothing has happened in the demo shop" in done.stdout or " of 1 visits" in done.stdout
    if "Nothing has happened" in done.stdout:
        assert command(shop, "sql", "--query", counts).stdout == before


def test_who_was_forgotten_is_not_loaded_again(shop: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(shop, tmp_path / "copy")
    with closing(Database(copy / "putevents.db")) as database:
        before = missing_visits(database, NOW)
        with database.transaction() as connection:
            [(user_id,)] = connection.execute(
                "SELECT user_id FROM endpoint_items WHERE user_id IS NOT NULL LIMIT 1"
            )
        options = ["--user", user_id, "--data-dir", str(copy), "--yes"]
        options += ["--receipt", str(tmp_path / "receipt.json")]
        assert CliRunner().invoke(forget, options).exit_code == 0
        with database.transaction() as connection:  # and the store knows nothing of these visits
            sql = "SELECT count(*) FROM batches WHERE request_id = ?"
            visits = [
                v for v in history(NOW.date() - timedelta(days=89), NOW) if v.user_id == user_id
            ]
            assert visits
            assert [*connection.execute(sql, (visits[0].request_id,))] == [(0,)]

        assert missing_visits(database, NOW) == before


def test_a_day_is_the_same_whenever_it_is_made() -> None:
    opened = (NOW - timedelta(days=20)).date()

    today = history(opened, NOW)
    assert today
    assert [v for v in history(opened, NOW + timedelta(days=3)) if v.arrived <= NOW] == today


def test_a_running_gateway_shows_the_shop_and_takes_its_visitors(
    start_gateway: StartGateway,
) -> None:
    gateway = start_gateway()
    port = gateway.url.rpartition(":")[2]

    done = command(gateway.data_dir, "demo", port=port)

    assert (done.returncode, done.stderr) == (0, "")
    assert "8 customers are in the shop now, 4 with the new build." in done.stdout
    assert f"`make sql DATA_DIR={gateway.data_dir}`" in done.stdout
    gateway.wait_for("POST /v1/apps/demo-shop/events  202  [1-9].* accepted")
    gateway.wait_for("POST /v1/apps/demo-shop/enriched-events  202  [1-9].* accepted")
    _, page = gateway.ask("GET", "/live/events?application=demo-shop&limit=500")
    assert len(page["events"]) == 500
    assert page["more"]


def test_visitors_that_are_not_taken_are_counted(start_gateway: StartGateway) -> None:
    gateway = start_gateway()
    LiveClient(gateway).post("chaos", {"destination": "reject", "queue": "fail"})

    with pytest.raises(StoppedError, match=r"[1-9]\d* of [1-9]\d* events of the customers"):
        visit_now(RunningGateway(gateway.url.rpartition(":")[2]), datetime.now(UTC))


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"APPLICATION_IDS": "my-app"}, "does not serve demo-shop: start it with APPLICATION_IDS="),
        (
            {"DESTINATION": "pinpoint", "AWS_ENDPOINT_URL_PINPOINT": "http://127.0.0.1:9"},
            "sends events on to another DESTINATION",
        ),
    ],
)
def test_nothing_is_loaded_that_the_gateway_would_not_show(
    settings: dict[str, str], why: str, start_gateway: StartGateway
) -> None:
    gateway = start_gateway(**settings)

    done = command(gateway.data_dir, "demo", port=gateway.url.rpartition(":")[2])

    assert done.returncode == 3
    assert why in done.stderr
    assert gateway.stored("demo-shop") == []


def test_a_gateway_over_another_store_is_told_before_anything_is_loaded(
    start_gateway: StartGateway, tmp_path: Path
) -> None:
    gateway = start_gateway()

    done = command(tmp_path / "other", "demo", port=gateway.url.rpartition(":")[2])

    assert done.returncode == 3
    assert f"is `make run` with another store than {tmp_path / 'other'}: give its" in done.stderr
    assert gateway.stored("demo-shop") == []
    assert not (tmp_path / "other").exists()


def test_loading_alone_asks_for_no_gateway_of_the_store(
    start_gateway: StartGateway, shop: Path
) -> None:
    gateway = start_gateway()

    done = command(shop, "demo", "--load-only", port=gateway.url.rpartition(":")[2])

    assert (done.returncode, done.stderr) == (0, "")
    assert f"Look at it: `make run DATA_DIR={shop}`" in done.stdout
    assert gateway.stored("demo-shop") == []


def test_the_gateway_that_has_the_folder_on_another_port_is_named(
    start_gateway: StartGateway,
) -> None:
    gateway = start_gateway()

    done = command(gateway.data_dir, "demo")

    assert done.returncode == 3
    port = gateway.url.rpartition(":")[2]
    assert f"make demo DATA_DIR={gateway.data_dir} PORT={port}" in done.stderr
    assert gateway.stored("demo-shop") == []


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_wrong_port_is_told_before_anything_is_written(port: str, tmp_path: Path) -> None:
    done = command(tmp_path / "data", "demo", port=port)

    assert done.returncode == 3
    assert "PORT should be a number from 1 to 65535" in done.stderr
    assert not (tmp_path / "data").exists()


def test_another_program_on_the_port_is_left_alone(tmp_path: Path) -> None:
    with serving(lambda _: Response(200, b"hello")) as url:
        done = command(tmp_path / "data", "demo", port=url.rpartition(":")[2])

    assert done.returncode == 3
    assert "is not `make run`: choose another port, PORT=" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.fixture(name="free_port")
def _free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


@pytest.fixture(name="started")
def _started(shop: Path, free_port: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "commands", "demo"], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**environment(shop), "PORT": free_port, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate()


def test_where_no_gateway_runs_it_starts_one(
    started: subprocess.Popen[str], free_port: str
) -> None:
    assert started.stdout
    lines = []
    for line in started.stdout:
        lines.append(line)
        if "try           curl" in line:
            break
    started.send_signal(signal.SIGINT)

    assert started.wait(SECONDS) == 0
    said = "".join(lines)
    assert f"Nothing listens on http://127.0.0.1:{free_port}: starting `make run`" in said
    assert f"PutEvents on  http://127.0.0.1:{free_port}" in said


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = command(tmp_path / "file" / "data", "demo", "--load-only")

    assert done.returncode == 1
    assert "Nothing can be written in" in done.stderr
    assert os.listdir(tmp_path) == ["file"]
