"""What was rejected is sent again once the rules accept it, as of when it came; nothing else is."""

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from commands.deployed import Outputs
from commands.exit_codes import StoppedError
from commands.replay.rejected_rows import RejectedRow, Wanted, of_lake
from commands.replay.replayed_message import Outcome, replayed
from local.database import FILE, Database
from tests.local.conftest import StartGateway
from tests.local.running_gateway import EVENT, ROOT, RunningGateway, environment
from tests.unit.enriched_samples import EXAMPLES

ARRIVED = int(time.time() * 1000) - 3_600_000
GOOD, BAD = json.dumps(EVENT), json.dumps({"EventType": "hello"})
MOMENT = {"event_type": "song.played", "event_timestamp": 1795601402123}
ENVELOPE = json.dumps({**MOMENT, "client": {"client_id": "new-1"}, "attributes": {"plan": "7"}})
ROWS = [
    RejectedRow("shop", "phone", "mended", ARRIVED, "r1", "Missing Timestamp", GOOD),
    RejectedRow("shop", "phone", "broken", ARRIVED, "r2", "Missing Timestamp", BAD),
    RejectedRow("shop", "phone", "cut", ARRIVED, "r3", "Large event", GOOD[:-5]),
    RejectedRow("shop", "tablet", None, ARRIVED, "r4", "Missing ChannelType", '{"OptOut":"ALL"}'),
    RejectedRow("game", "phone", "other", ARRIVED, "r5", "Large key", GOOD),
    RejectedRow("shop", "new-1", "enriched", ARRIVED, "r7", "Large key", ENVELOPE),
    RejectedRow("shop", "", "b" * 32, ARRIVED, "r8", "Missing client id", '{"event_type":"hello"}'),
    RejectedRow(
        "shop", "", "c" * 32, ARRIVED, "r9", "The line is not valid JSON.", '"{\\"event_ty"'
    ),
    RejectedRow("shop", "phone", "old", ARRIVED - 9 * 86_400_000, "r6", "Missing Timestamp", GOOD),
]


@pytest.fixture(name="gateway")
def _gateway(start_gateway: StartGateway) -> RunningGateway:
    gateway = start_gateway()
    with sqlite3.connect(gateway.data_dir / "putevents.db") as store:
        store.executemany(
            "INSERT INTO rejected_events VALUES (?, ?, ?, ?, ?, ?, '', ?)", [list(r) for r in ROWS]
        )
    return gateway


def replay(gateway: RunningGateway, *words: str) -> subprocess.CompletedProcess[str]:
    options = ["--url", gateway.url, "--data-dir", str(gateway.data_dir)]
    return subprocess.run(
        [sys.executable, "-m", "commands", "replay-rejected", *options, *words], cwd=ROOT,
        env=environment(Path("/nonexistent/data")), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip


def test_those_are_sent_that_pass_now(gateway: RunningGateway) -> None:
    tried = replay(gateway, "--dry-run", "--application-id", "shop")
    *rows, last = tried.stdout.splitlines()[2:]
    # of each rule: pass now, still rejected, cannot be replayed
    assert [row.split(" | ", 1)[1].replace(" ", "") for row in rows] == [
        "Largeevent|0|0|1",
        "Largekey|1|0|0",
        "MissingChannelType|1|0|0",
        "MissingTimestamp|1|1|0",
        "Missingclientid|0|0|1",
        "ThelineisnotvalidJSON.|0|0|1",
    ]
    assert last == "Rejected events that would be sent: 3"
    assert gateway.stored("shop") == []

    asked = replay(gateway, "--application-id", "shop")
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "There is no terminal to ask on. Add --yes." in asked.stderr

    done = replay(gateway, "--application-id", "shop", "--yes")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Rejected events sent to {gateway.url}/queue again: 3\n"
    with gateway._printed:
        gateway._printed.wait_for(lambda: len(gateway.stored("shop")) > 1, 20)
    assert sorted(gateway.stored("shop")) == [
        ("new-1", "enriched", "song.played"),
        ("phone", "mended", "hello"),
    ]
    sql = "SELECT arrival_timestamp, request_id FROM batches ORDER BY request_id"
    assert gateway.rows(sql) == [(ARRIVED, "r1"), (ARRIVED, "r7")]
    assert gateway.stored("game") == []


def test_a_rule_and_days_choose(gateway: RunningGateway) -> None:
    assert replay(gateway, "--dry-run", "--rule", "KEY").stdout.endswith("sent: 2\n")
    assert replay(gateway, "--dry-run", "--rule", "no such rule").stdout.endswith("sent: 0\n")
    assert replay(gateway, "--dry-run", "--days", "30").stdout.endswith("sent: 5\n")


def test_rows_of_another_store_are_not_sent(gateway: RunningGateway, tmp_path: Path) -> None:
    (tmp_path / "another").mkdir()
    with closing(Database(tmp_path / "another" / FILE)) as store:
        store.check()
    gateway.data_dir, own = tmp_path / "another", gateway.data_dir
    done = replay(gateway, "--yes")
    gateway.data_dir = own

    assert (done.returncode, done.stdout) == (3, "")
    assert f"{gateway.url} is `make run` with another store than {tmp_path}/another" in done.stderr
    url, gateway.url = gateway.url, "http://127.0.0.1:9"
    nobody = replay(gateway, "--yes")
    gateway.url = url
    assert (nobody.returncode, nobody.stdout) == (3, "")
    assert "Nothing listens on http://127.0.0.1:9." in nobody.stderr


def test_a_store_that_is_not_there_is_told(gateway: RunningGateway, tmp_path: Path) -> None:
    gateway.data_dir, own = tmp_path / "none", gateway.data_dir
    done = replay(gateway, "--yes")
    gateway.data_dir = own

    assert done.returncode == 3
    assert "Nothing is stored in" in done.stderr


@pytest.mark.parametrize("event", ["", "null", "[]", '"x"', "{", "1", '{"EventType": 5}'])
@pytest.mark.parametrize("event_id", [None, "", "e", "x" * 2000])
def test_any_row_is_sent_or_left(event: str, event_id: str | None) -> None:
    found = replayed(ROWS[0]._replace(event=event, event_id=event_id)).message

    assert found is None or json.loads(found.body)["ApplicationId"] == "shop"


def enriched(**other: Any) -> RejectedRow:
    event = json.dumps({**json.loads(ENVELOPE), **other})
    return RejectedRow("shop", "new-1", "told", ARRIVED, "r", "Large key", event)


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.stem)
def test_an_envelope_of_each_platform_passes(path: Path) -> None:
    envelope = json.loads(path.read_text())
    app_id, client_id = envelope["application"]["app_id"], envelope["client"]["client_id"]
    row = RejectedRow(app_id, client_id, "told", ARRIVED, "r", "Large key", json.dumps(envelope))

    outcome, message = replayed(row)

    assert outcome is Outcome.PASSES
    assert message is not None
    # The sender has been told the row's id.
    assert json.loads(message.body)["EnrichedEvents"] == [{**envelope, "event_id": "told"}]


@pytest.mark.parametrize(
    "row",
    [
        enriched(attributes={"plan": 7}),
        enriched(application={"app_id": "game"}),
        enriched(client={"client_id": "somebody-else"}),
        enriched(event_id="another"),
    ],
)
def test_an_envelope_that_breaks_a_rule_is_left(row: RejectedRow) -> None:
    assert replayed(row) == (Outcome.REJECTED, None)


@pytest.mark.parametrize("event", ["[{}, {}]", '"{"', '{"EventType": "hello"', "7", "[" * 9999])
def test_what_is_no_whole_part_cannot_be_replayed(event: str) -> None:
    assert replayed(ROWS[0]._replace(event=event)) == (Outcome.UNFIT, None)


def test_a_batch_that_was_rejected_as_a_whole_is_tried_as_one() -> None:
    whole = json.dumps({"Endpoint": {}, "Events": "none"})

    assert replayed(ROWS[3]._replace(event=whole)) == (Outcome.REJECTED, None)


def lake(state: str) -> list[RejectedRow]:
    athena = boto3.client(
        "athena", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    cells: list[list[Any]] = [[str(name) for name in RejectedRow._fields]]
    cells += [[None if cell is None else str(cell) for cell in row] for row in ROWS[:5]]
    pages = [cells[:3], cells[3:]]
    with Stubber(athena) as stub:
        stub.add_response("start_query_execution", {"QueryExecutionId": "q"})
        status = {"State": state, "StateChangeReason": "no"}
        stub.add_response("get_query_execution", {"QueryExecution": {"Status": status}})
        for number, page in enumerate(pages):
            rows = [{"Data": [{} if c is None else {"VarCharValue": c} for c in r]} for r in page]
            answer: dict[str, Any] = {"ResultSet": {"Rows": rows}}
            stub.add_response("get_query_results", answer | ({} if number else {"NextToken": "2"}))
        found = Outputs({"LakeWorkGroup": "w", "LakeDatabase": "d"})
        return list(of_lake(athena, found, Wanted(7, "shop", None)))


def test_every_page_of_the_lake_is_read() -> None:
    assert lake("SUCCEEDED") == ROWS[:4]


def test_why_a_query_failed_is_told() -> None:
    with pytest.raises(StoppedError, match="Athena: no"):
        lake("FAILED")
