"""SQL on the live page: the answers of `make sql`, bounded, and with no way out of the lake."""

import os
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from infra.queries import named_queries
from local.database import FILE, Database
from local.live.sql_process import SqlProcess
from tests.local.conftest import StartGateway
from tests.local.live_client import LiveClient
from tests.local.running_gateway import EVENT, SECONDS, put_events_body


@pytest.fixture(name="page")
def _page(start_gateway: StartGateway) -> LiveClient:
    page = LiveClient(start_gateway())
    days = {str(n): {**EVENT, "Timestamp": f"2026-01-0{n}T00:00:00Z"} for n in range(1, 4)}
    page.gateway.put_events(put_events_body(days))
    return page


def test_a_statement_is_answered_with_columns_types_and_a_chart(page: LiveClient) -> None:
    query = (
        "SELECT date(from_unixtime(event_timestamp / 1000)) AS day, count(*) AS n,"
        " avg(2.5E0) AS m FROM events GROUP BY 1 ORDER BY 1"
    )
    answer = page.post("sql", {"query": query})

    assert answer["columns"] == [
        {"name": "day", "type": "date"}, {"name": "n", "type": "bigint"},
        {"name": "m", "type": "double"},
    ]  # fmt: skip
    assert answer["rows"] == [[f"2026-01-0{n}", 1, 2.5] for n in range(1, 4)]
    assert answer["chart"] == {"x": 0, "y": [1, 2]}
    assert answer["truncated"] is False
    page.gateway.put_events(put_events_body({"new": EVENT}))
    assert page.post("sql", {"query": "SELECT count(*) FROM events"})["rows"] == [[4]]


def test_every_named_query_is_listed_and_runs(page: LiveClient) -> None:
    listed = page.get("queries")

    assert [query["name"] for query in listed] == [query.file for query in named_queries()]
    for query in listed:
        assert query["sentence"]
        page.post("sql", {"name": query["name"]})


def test_a_thousand_rows_are_shown(page: LiveClient) -> None:
    query = "SELECT n FROM UNNEST(sequence(1, 1500)) AS t (n)"
    answer = page.post("sql", {"query": query})

    assert (len(answer["rows"]), answer["truncated"]) == (1000, True)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT nothing FROM events", "SELECT", "DROP TABLE events", "SELECT 1; SELECT 2",
        "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM sqlite_scan('x', 'y')", "SELECT getenv('PATH')",
        "COPY events TO '/tmp/out.csv'", "ATTACH '/tmp/x.db'", "SET enable_external_access = true",
        "SELECT * FROM read_parquet('https://example.com/x.parquet')", "INSTALL httpfs",
        "SELECT * FROM duckdb_settings()", "SELECT * FROM information_schema.tables", "",
    ],
)  # fmt: skip
def test_a_statement_reads_nothing_but_the_lake(sql: SqlProcess, query: str) -> None:
    status, answer = sql.ask({"query": query})

    assert (status, [*answer][:1]) == (HTTPStatus.BAD_REQUEST, ["error"])


@pytest.fixture(name="sql", scope="module")
def _sql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlProcess]:
    folder = tmp_path_factory.mktemp("lake")
    database = Database(folder / FILE)
    database.check()
    database.close()
    process = SqlProcess(folder, seconds=SECONDS)
    yield process
    process.stop()


LONG = "SELECT count(*) FROM UNNEST(sequence(1, 9999)) AS a (n), UNNEST(sequence(1, 9999)) AS b (m)"


def test_a_statement_that_takes_too_long_is_ended_and_the_next_one_answered(
    sql: SqlProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sql.ask({"query": "SELECT 1"})[0] == HTTPStatus.OK
    process = sql._process
    monkeypatch.setattr(sql, "_seconds", 0.2)
    slow = f"{LONG}, UNNEST(sequence(1, 9999)) AS c (k) WHERE n * m * k % 7 = 3"

    status, answer = sql.ask({"query": slow})

    monkeypatch.undo()
    assert (status, "was ended after" in answer["error"]) == (HTTPStatus.BAD_REQUEST, True)
    assert process is not None
    assert process.poll() is not None
    assert sql.ask({"query": "SELECT 1"})[0] == HTTPStatus.OK


def test_the_process_has_nothing_of_the_users_environment(
    sql: SqlProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql.stop()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    sql.ask({"query": "SELECT 1"})

    assert sql._process
    environ = Path(f"/proc/{sql._process.pid}/environ").read_bytes()
    assert b"secret" not in environ
    assert os.environ["AWS_SECRET_ACCESS_KEY"] == "secret"


def test_without_duckdb_the_answer_says_what_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.live.sql_process._START", "import sys; sys.exit(3)")

    status, answer = SqlProcess(tmp_path).ask({"query": "SELECT 1"})

    assert (status, "make .venv/sql" in answer["error"]) == (503, True)
