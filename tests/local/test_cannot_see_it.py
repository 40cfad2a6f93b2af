"""The steps of "I sent it and cannot see it" find a stored, a rejected and a waiting event."""

import re
import signal
import socket
import subprocess
from pathlib import Path

from click.testing import CliRunner

from commands.sql.sql_command import sql
from tests.local.running_gateway import EVENT, ROOT, RunningGateway, put_events_body

PAGE = (ROOT / "docs/troubleshooting.md").read_text()
_STEPS = PAGE[PAGE.index("### On a laptop") : PAGE.index("### On AWS")]
QUERIES = re.findall(r'`make sql QUERY="([^"]+)"`', _STEPS)


def _asked(data_dir: Path, query: str, event_id: str) -> str:
    done = CliRunner().invoke(
        sql, ["--query", query.replace("EVENT_ID", event_id)], env={"DATA_DIR": str(data_dir)}
    )
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


def test_the_queries_find_what_was_stored_and_what_was_rejected(tmp_path: Path) -> None:
    gateway = RunningGateway(tmp_path / "data")
    sent = put_events_body({"good": EVENT, "bad": {"EventType": "hello"}})
    gateway.put_events(sent)
    gateway.put_events(sent)  # a client that did not hear the answer sends again
    assert gateway.end(signal.SIGTERM) == (0, "")

    stored, rejected, elsewhere, copies = QUERIES
    data_dir = gateway.data_dir
    assert re.search(r"hello .*\n\(1 row\)", _asked(data_dir, stored, "good"))
    assert "(0 rows)" in _asked(data_dir, stored, "bad")
    assert "Missing Timestamp" in _asked(data_dir, rejected, "bad")
    assert "2026-01-02 |      1" in _asked(data_dir, elsewhere, "good")
    assert re.search(r"\n +1\n", _asked(data_dir, copies, "good"))  # here copies are one row


def test_the_log_names_an_event_that_waits_and_its_request(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        port = nobody.getsockname()[1]
        gateway = RunningGateway(
            tmp_path / "data",
            DESTINATION="pinpoint",
            AWS_ENDPOINT_URL_PINPOINT=f"http://127.0.0.1:{port}",
            PINPOINT_AUTH="none",
        )
        gateway.put_events(put_events_body({"waits": EVENT}))
        gateway.end(signal.SIGTERM)

    found = _grep("waits", gateway.data_dir)
    assert '"undelivered":["waits"]' in found
    request_id = re.search(r'"request_id":"([^"]+)"', found)
    assert request_id
    assert "put_events failed" in _grep(request_id[1], gateway.data_dir)


def _grep(text: str, data_dir: Path) -> str:
    assert "grep EVENT_ID .data/gateway.log" in PAGE
    assert "grep REQUEST_ID .data/gateway.log" in PAGE
    return subprocess.run(
        ["grep", text, "gateway.log"], cwd=data_dir, capture_output=True, text=True, check=True,
        timeout=20,
    ).stdout  # fmt: skip
