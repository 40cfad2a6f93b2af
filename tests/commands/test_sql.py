"""`make sql` as its user runs it: one statement, a named query, or a prompt."""

import os
import pty
import re
import select
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from infra.queries import named_queries
from local.database import FILE
from tests.local.conftest import StartGateway
from tests.local.running_gateway import EVENT, ROOT, SECONDS, environment, put_events_body
from tests.local.sample import store_sample

SQL = [sys.executable, "-m", "commands", "sql"]
# 31 events, eight times joined to themselves.
LONG = "SELECT count(*) FROM " + ", ".join(f"raw_events AS e{n}" for n in range(8))
LONG += " WHERE " + " || ".join(f"e{n}.event_id" for n in range(8)) + " = 'none'"
LAST_WEEK = ["--today", "2026-06-14"]


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """A data folder that holds the sample."""
    folder = tmp_path / "data"
    folder.mkdir()
    store_sample(folder)
    return folder


def sql(folder: Path, *options: str, typed: str = "") -> tuple[int, str, str]:
    """The exit status, what was printed, and what it complained of."""
    done = subprocess.run(
        [*SQL, *options],
        cwd=ROOT,
        env=environment(folder),
        input=typed,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_one_statement_is_answered_with_a_table(folder: Path) -> None:
    query = "SELECT event_type, count(*) AS events, max(session.duration) / 7000 AS sevenths"
    query += " FROM events WHERE element_at(attributes, '_currency') IS NULL GROUP BY 1 ORDER BY 1"

    assert sql(folder, "--query", query) == (
        0,
        "event_type     | events | sevenths\n"
        "---------------+--------+---------\n"
        "_session.start |     10 |     null\n"
        "_session.stop  |      8 |      257\n"
        "song.played    |     10 |     null\n"
        "(3 rows)\n",
        "",
    )


@pytest.mark.parametrize("name", [query.file for query in named_queries()])
def test_a_named_query_runs_by_its_name(folder: Path, name: str) -> None:
    status, printed, complaint = sql(folder, "--name", name, *LAST_WEEK)

    assert (status, complaint) == (0, "")
    assert printed.startswith("application_id")
    assert "my-app" in printed


def test_what_is_rejected_is_a_table_too(folder: Path) -> None:
    query = "SELECT endpoint_id, event_id, day, event FROM rejected_events WHERE event_id IS NULL"

    _, printed, _ = sql(folder, "--query", query)
    assert printed.splitlines()[2] == "phone-4     | null     | 2026-06-14 | {}"


def test_it_works_while_the_gateway_serves(start_gateway: StartGateway) -> None:
    gateway = start_gateway()
    counting = ["--query", "SELECT application_id, count(*) AS n FROM recent_events GROUP BY 1"]
    gateway.put_events(put_events_body())
    _, one, _ = sql(gateway.data_dir, *counting)
    gateway.put_events(put_events_body({"2": EVENT, "3": EVENT}))
    _, three, _ = sql(gateway.data_dir, *counting)

    assert [text.splitlines()[2] for text in (one, three)] == [
        "my-app         | 1",
        "my-app         | 3",
    ]


def test_an_open_prompt_sees_what_comes_in(start_gateway: StartGateway) -> None:
    gateway = start_gateway()
    with subprocess.Popen(
        SQL,
        cwd=ROOT,
        env=environment(gateway.data_dir),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as prompt:
        assert prompt.stdin
        assert prompt.stdout
        counts = []
        watchdog = threading.Timer(SECONDS, prompt.kill)  # else a bug would be waited for
        watchdog.start()
        for number in range(2):
            prompt.stdin.write("SELECT count(*) AS n\nFROM raw_events;\n")
            counts.append([prompt.stdout.readline() for _ in range(4)][2].strip())
            gateway.put_events(put_events_body({str(number): EVENT}))
        prompt.stdin.close()
        watchdog.cancel()

        assert (counts, prompt.wait(SECONDS)) == (["0", "1"], 0)


def test_a_byte_order_mark_begins_no_statement(folder: Path) -> None:
    assert sql(folder, typed="\ufeffSELECT 1 AS n;\r\n")[0::2] == (0, "")


@pytest.mark.parametrize("name", ["", " "])
def test_an_empty_name_is_told(name: str, folder: Path) -> None:
    status, _, told = sql(folder, "--name", name)

    assert status == 2
    assert "NAME= (--name) is empty" in told


def test_nothing_stored_yet_is_said_in_one_sentence(tmp_path: Path) -> None:
    status, printed, complaint = sql(tmp_path / "none", "--query", "SELECT 1")

    assert (status, printed) == (1, "")
    assert re.fullmatch(
        r"Error: Nothing is stored in .* yet: `make run DATA_DIR=.*`, then send events to it\.\n",
        complaint,
    )
    assert not (tmp_path / "none").exists()


def test_a_store_without_events_has_empty_tables(start_gateway: StartGateway) -> None:
    gateway = start_gateway()

    status, printed, _ = sql(gateway.data_dir, "--name", "revenue")
    assert (status, printed.splitlines()[-1]) == (0, "(0 rows)")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--query", "SELECT nothing_such FROM events"], '"nothing_such" not found'),
        (["--query", "SELECT 1 FROM nowhere"], "nowhere does not exist"),
        (["--query", "SELECT (1"], r"line 1: Expecting \)"),
        (["--query", "SELECT 1; SELECT 2"], "one statement was expected, not 2"),
        (["--query", "DROP TABLE raw_events"], "only a query can be run"),
        (["--query", "SELECT CAST(event_type AS bigint) FROM events"], "is no whole number"),
        (["--query", ""], "one statement was expected, not 0"),
        (["--name", "daily"], "No query is named 'daily'; there are daily_active_endpoints"),
    ],
)
def test_wrong_sql_is_an_error_of_one_line(
    folder: Path, options: list[str], complaint: str
) -> None:
    status, printed, complained = sql(folder, *options)

    assert (status, printed) == (1, "")
    assert re.search(complaint, complained)
    assert "Traceback" not in complained


def test_a_statement_and_a_name_are_one_too_many(folder: Path) -> None:
    status, printed, complained = sql(folder, "--query", "SELECT 1", "--name", "revenue")

    assert (status, printed) == (2, "")
    assert complained.endswith("Error: Give a statement or the name of a query, not both.\n")


def test_a_store_of_the_version_before_says_what_to_do(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("CREATE TABLE events (event_id TEXT)")

    said = sql(tmp_path, "--query", "SELECT 1")[2]
    assert f"`make run DATA_DIR={tmp_path}` once brings it up to date" in said


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("hello " * 1000)

    assert sql(tmp_path, "--query", "SELECT 1")[2].endswith(
        "cannot be read: file is not a database.\n"
    )


def test_events_without_a_record_are_counted(folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute(
            "INSERT INTO batches (application_id, endpoint_id, arrival_timestamp)"
            " VALUES ('my-app', 'of the first version', 1)"
        )
        connection.execute(
            "UPDATE batch_events SET batch = (SELECT max(id) FROM batches)"
            " WHERE event ->> 'EventType' = 'song.played'"
        )

    status, printed, complaint = sql(folder, "--query", "SELECT count(*) AS n FROM raw_events")
    assert (status, printed.splitlines()[2]) == (0, "21")
    assert complaint == "10 events of an earlier version are left out.\n"


def test_a_piped_session_runs_each_statement_and_command(folder: Path) -> None:
    typed = "SELECT 'a;b' AS text\n;\n\n.tables\n.queries\n.functions\n"
    typed += ".run sessions\n.help\nSELECT 7 AS seven"
    status, printed, complaint = sql(folder, *LAST_WEEK, typed=typed)

    assert (status, complaint) == (0, "")
    for shown in (
        "a;b",
        "raw_events\n    event_type  string",
        "Sessions and their length\n\nappl",
        "abs, all_match, any_match",
    ):
        assert shown in printed
    assert "funnel\n    Funnel between two event types." in printed
    assert printed.endswith("seven\n-----\n    7\n(1 row)\n")


def test_a_piped_session_goes_on_after_an_error_and_tells_of_it(folder: Path) -> None:
    typed = "SELECT x;\n.run nothing\n.nothing\nSELECT 1 AS one;\n.quit\nSELECT 2 AS two;\n"
    status, printed, complaint = sql(folder, typed=typed)

    assert status == 1
    assert ("one" in printed, "two" in printed) == (True, False)
    assert complaint.splitlines()[1:] == [
        "No query is named 'nothing'; .queries lists them.",
        "There is no .nothing; .help lists what there is.",
    ]


def test_a_wrong_statement_of_a_line_is_named_and_the_others_are_answered(folder: Path) -> None:
    typed = "SELECT 1 AS one; SELECT nope FROM events; SELECT 3 AS ';' -- a;b\n; .tables\n"
    status, printed, complaint = sql(folder, typed=typed)

    assert status == 1
    assert re.findall(r"^ *(\S+)\n-+\n *(\d)", printed, re.M) == [("one", "1"), (";", "3")]
    assert "raw_events\n" in printed
    assert re.fullmatch("Statement 2, SELECT nope FROM events: .*nope.*\n", complaint, re.DOTALL)


def test_ctrl_c_stops_a_long_statement(folder: Path) -> None:
    running = subprocess.Popen(
        [*SQL, "--query", LONG],
        cwd=ROOT,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _await_work(running.pid)
        running.send_signal(signal.SIGINT)
        assert running.communicate(timeout=SECONDS) == ("", "\nStopped.\n")
        assert running.returncode == 130
        assert not [*(folder / "sql-copy").glob("*-text-*")]
    finally:
        running.kill()
        running.wait()


@contextmanager
def prompting(folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A prompt on a terminal of its own, and the end of the terminal that a person has."""
    master, slave = pty.openpty()
    prompt = subprocess.Popen(
        SQL, cwd=ROOT, env=environment(folder), stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    try:
        yield master, prompt
    finally:
        prompt.kill()
        prompt.wait()
        os.close(master)


def test_at_a_terminal_ctrl_c_stops_the_statement_and_no_more(folder: Path) -> None:
    with prompting(folder) as (master, prompt):
        _read_until(master, "athena> ")
        os.write(master, f"{LONG};\n".encode())
        _await_work(prompt.pid)
        prompt.send_signal(signal.SIGINT)
        assert "Stopped." in _read_until(master, "athena> ")
        os.write(master, b"SELECT count(*) AS events FROM events;\n")
        assert "    31" in _read_until(master, "(1 row)")
        os.write(master, b".quit\n")
        assert prompt.wait(SECONDS) == 0


@pytest.mark.parametrize("word", ["exit", "QUIT", "exit;", ".quit"])
def test_at_a_terminal_the_words_of_other_prompts_leave(folder: Path, word: str) -> None:
    with prompting(folder) as (master, prompt):
        _read_until(master, "athena> ")
        os.write(master, f"{word}\n".encode())
        assert prompt.wait(SECONDS) == 0


def _await_work(pid: int) -> None:
    """Wait until DuckDB computes: until a thread of the process but the first has used a second."""
    deadline = time.monotonic() + SECONDS
    tasks = Path(f"/proc/{pid}/task")
    while time.monotonic() < deadline:
        ticks = [
            int((task / "stat").read_text().rpartition(")")[2].split()[11])
            for task in tasks.iterdir()
            if task.name != str(pid)
        ]
        if max(ticks, default=0) > os.sysconf("SC_CLK_TCK"):
            return
        time.sleep(0.05)
    raise TimeoutError


def test_at_a_terminal_it_prompts_and_an_interrupt_forgets_the_line(folder: Path) -> None:
    with prompting(folder) as (master, prompt):
        shown = _read_until(master, "athena> ")
        os.write(master, b"SELECT oops\n")
        _read_until(master, "...> ")
        # Python's readline may miss one that comes just as it begins to wait.
        prompt.send_signal(signal.SIGINT)
        while not select.select([master], [], [], 1)[0]:
            prompt.send_signal(signal.SIGINT)
        _read_until(master, "athena> ")
        os.write(master, b"SELECT count(*) AS events FROM events;\n")
        answer = _read_until(master, "(1 row)")
        os.write(master, b".quit\n")
        assert prompt.wait(SECONDS) == 0
    assert ".queries" in shown
    assert "    31" in answer


def test_starting_the_gateway_loads_neither_engine_nor_translator() -> None:
    code = (
        "import local.server, local.sqlite_destination, sys;"
        " print({'duckdb', 'sqlglot'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(ROOT),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "set()\n"


def _read_until(terminal: int, end: str) -> str:
    text, deadline = "", time.monotonic() + SECONDS
    while end not in text:
        ready, _, _ = select.select([terminal], [], [], deadline - time.monotonic())
        assert ready, f"no {end!r} in {text!r}"
        text += os.read(terminal, 4096).decode()
    return text
