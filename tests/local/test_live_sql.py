"""SQL on the live page: the answers of `make sql`, bounded, and with no way out of the lake."""

import asyncio
import json
import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from commands.sql.engine import connect
from commands.sql.page_statements import MAX_ADDRESSES
from infra.queries import named_queries
from local.database import FILE, Database
from local.live.sql_process import MAX_WAITING, SqlProcess
from tests.local.conftest import StartGateway
from tests.local.live_client import LiveClient
from tests.local.running_gateway import EVENT, SECONDS, put_events_body


class Asker(NamedTuple):
    """A process, and the loop that it lives in."""

    loop: asyncio.Runner
    process: SqlProcess

    def ask(self, query: str) -> tuple[HTTPStatus, dict[str, Any]]:
        """The answer to a statement."""
        return self.loop.run(self.process.ask({"query": query}))


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
def test_a_statement_reads_nothing_but_the_lake(sql: Asker, query: str) -> None:
    status, answer = sql.ask(query)

    assert (status, [*answer][:1]) == (HTTPStatus.BAD_REQUEST, ["error"])


def test_nothing_waits_for_statements_and_a_stop_ends_them(page: LiveClient) -> None:
    page.post("sql", {"query": "SELECT 1"})
    asked = [threading.Thread(target=page.ask, args=["POST", "/live/sql", {"query": SLOW}])
             for _ in range(12)]  # fmt: skip
    for thread in asked:
        thread.start()
    page.gateway.wait_for("POST /live/sql  503")  # more wait than may

    for path in ("/", "/docs", "/health", "/live/summary", "/live/events", "/live/queries"):
        with closing(page.gateway.connect()) as connection:
            connection.request("GET", path)
            assert connection.getresponse().status == HTTPStatus.OK
    page.gateway.put_events(put_events_body({"new": EVENT}))
    page.post("sample", {"kind": "good"})
    assert page.gateway.end(signal.SIGTERM) == (0, "")
    for thread in asked:
        thread.join(SECONDS)
        assert not thread.is_alive()
    told = [line for line in page.gateway.lines if "POST /live/sql  503" in line]
    assert len(told) == len(asked)  # none has run for its 30 s


def test_a_reader_who_left_makes_room(page: LiveClient) -> None:
    for _ in range(3 * MAX_WAITING):
        connection = page.gateway.connect()
        connection.request("POST", "/live/sql", json.dumps({"query": SLOW}), {"X-Live": "1"})
        connection.close()
    while page.ask("POST", "/live/sql", {"query": "SELECT 1"})[0] != HTTPStatus.OK:
        pass  # some of them are being ended


@pytest.fixture(name="sql", scope="module")
def _sql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("lake")
    database = Database(folder / FILE)
    database.check()
    database.close()
    with asyncio.Runner() as loop:
        asker = Asker(loop, SqlProcess(folder, seconds=SECONDS))
        yield asker
        loop.run(asker.process.stop())


SLOW = (
    "SELECT count(*) FROM UNNEST(sequence(1, 9999)) AS a (n), UNNEST(sequence(1, 9999)) AS b (m),"
    " UNNEST(sequence(1, 9999)) AS c (k) WHERE n * m * k % 7 = 3"
)


def test_a_statement_that_takes_too_long_is_ended_and_the_next_one_answered(
    sql: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sql.ask("SELECT 1")[0] == HTTPStatus.OK
    process = sql.process._process
    monkeypatch.setattr(sql.process, "_seconds", 0.2)

    status, answer = sql.ask(SLOW)

    monkeypatch.undo()
    assert (status, "was ended after" in answer["error"]) == (HTTPStatus.BAD_REQUEST, True)
    assert process is not None
    assert process.returncode is not None
    assert sql.ask("SELECT 1")[0] == HTTPStatus.OK


def test_one_statement_runs_a_few_wait_and_the_others_are_told(sql: Asker) -> None:
    async def many() -> list[int]:
        tasks = [asyncio.create_task(sql.process.ask({"query": "SELECT 1"})) for _ in range(9)]
        return [(await task)[0] for task in tasks]

    assert sorted(sql.loop.run(many())) == [200] * (1 + MAX_WAITING) + [503] * (8 - MAX_WAITING)


def test_a_statement_that_nobody_waits_for_is_ended(sql: Asker) -> None:
    sql.ask("SELECT 1")
    process = sql.process._process

    async def leave() -> None:
        running, waiting = (asyncio.create_task(sql.process.ask({"query": SLOW})) for _ in "12")
        await asyncio.wait([running, waiting], timeout=0)
        waiting.cancel()
        running.cancel()
        await asyncio.wait([running, waiting])

    sql.loop.run(leave())

    assert process is not None
    assert process.returncode is not None
    assert sql.ask("SELECT 1")[0] == HTTPStatus.OK


@pytest.mark.parametrize(
    "query",
    [
        "SELECT cardinality(sequence(1, 300000000))",
        "SELECT array_agg(rpad('x', 1000000, 'y')) FROM UNNEST(sequence(1, 5000)) AS t (x)",
    ],
)
def test_a_statement_has_so_much_memory_and_no_more(sql: Asker, query: str) -> None:
    status, answer = sql.ask(query)

    assert (status, "needs more memory" in answer["error"]) == (HTTPStatus.BAD_REQUEST, True)
    assert sql.ask("SELECT 1")[0] == HTTPStatus.OK
    assert sql.process._process
    limits = Path(f"/proc/{sql.process._process.pid}/limits").read_text()
    assert re.search(rf"^Max address space +{MAX_ADDRESSES} ", limits, re.MULTILINE)


def test_what_duckdb_prints_is_no_answer() -> None:
    with closing(connect()) as database:
        sql = "SELECT current_setting('enable_progress_bar')"  # else after two seconds
        assert database.execute(sql).fetchall() == [(False,)]


def test_long_texts_are_cut_and_many_of_them_are_fewer_rows(sql: Asker) -> None:
    rows = "FROM UNNEST(sequence(1, 900)) AS t (n)"
    cells = ", ".join(f"rpad('{letter}', 20000, 'x') AS {letter}" for letter in "abc")

    _, answer = sql.ask(f"SELECT {cells} {rows}")

    assert answer["truncated"]
    assert 200 < len(answer["rows"]) < 900
    assert {len(cell) for row in answer["rows"] for cell in row} == {10_001}


@pytest.mark.parametrize("text", ["\ud800", "\0", "((" * 50_000, "\u2028", "'" * 99_999])
def test_an_odd_statement_is_one_answer(sql: Asker, text: str) -> None:
    for query in (text, f"SELECT '{text}'"):
        status, answer = sql.ask(query)
        assert status == HTTPStatus.OK or answer["error"]


def test_an_unknown_table_is_told_with_those_that_there_are(sql: Asker) -> None:
    _, answer = sql.ask("SELECT * FROM nothing")

    assert answer["error"] == (
        "Table nothing does not exist; there are events, recent_events, pinpoint_events,"
        " raw_events, rejected_events."
    )


def test_the_process_has_nothing_of_the_users_environment(
    sql: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql.loop.run(sql.process._end())
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    sql.ask("SELECT 1")

    assert sql.process._process
    environ = Path(f"/proc/{sql.process._process.pid}/environ").read_bytes()
    assert b"secret" not in environ
    assert os.environ["AWS_SECRET_ACCESS_KEY"] == "secret"


def test_without_duckdb_the_answer_says_what_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.live.sql_process._START", "import sys; sys.exit(3)")

    status, answer = asyncio.run(SqlProcess(tmp_path).ask({"query": "SELECT 1"}))

    assert (status, "make .venv/sql" in answer["error"]) == (503, True)


READS_FIRST = """
import json, sys
sys.stdin.readline()
print('{"reading": 1000}\\n{"rows": []}\\n{"reading": 2000}', flush=True)
sys.stdin.read()
"""


def test_a_statement_that_was_ended_while_events_were_read_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.live.sql_process._START", READS_FIRST)
    with asyncio.Runner() as loop:
        asker = Asker(loop, SqlProcess(tmp_path, seconds=SECONDS))
        assert asker.ask("SELECT 1") == (HTTPStatus.OK, {"rows": []})
        monkeypatch.setattr(asker.process, "_seconds", 0.1)
        status, answer = asker.ask("SELECT 1")
        loop.run(asker.process.stop())

    assert status == HTTPStatus.BAD_REQUEST
    assert "About 2,000 events are read first, once: run it again" in answer["error"]
