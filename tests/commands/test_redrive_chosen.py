"""A redrive of some dead letters takes those and no other, and loses none; here at `make run`."""

import json
import pty
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import boto3
import pytest

from commands.dead_letter_choice import Choice, find_queues
from commands.redrive import move
from tests.local.conftest import StartGateway
from tests.local.running_gateway import EVENT, ROOT, RunningGateway, environment

SECONDS = 60
HOURS = 3_600_000


def letter(gateway: RunningGateway, app: str, reason: str, *, hours: float = 0) -> None:
    """Put a message among the dead letters, dead for so long."""
    body = json.dumps({
        "ApplicationId": app,
        "EventsRequest": {"BatchItem": {"phone": {"Endpoint": {}, "Events": {reason: EVENT}}}},
    })  # fmt: skip
    boto3.client(
        "sqs", endpoint_url=gateway.url, region_name="us-east-1", aws_access_key_id="a",
        aws_secret_access_key="b",
    ).send_message(
        QueueUrl=f"{gateway.url}/dead-letters", MessageBody=body,
        MessageAttributes={
            "Reason": {"DataType": "String", "StringValue": reason},
            "ArrivalTimestamp": {"DataType": "Number", "StringValue": "1767323045678"},
            "Raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
        },
    )  # fmt: skip
    with sqlite3.connect(gateway.data_dir / "putevents.db") as store:
        store.execute(
            "UPDATE messages SET sent_at = sent_at - ? WHERE body = ?", (int(hours * HOURS), body)
        )


@pytest.fixture(name="gateway")
def _gateway(start_gateway: StartGateway) -> RunningGateway:
    gateway = start_gateway()
    letter(gateway, "shop", "Throttled", hours=30)
    letter(gateway, "shop", "no such stream", hours=2)
    letter(gateway, "game", "Throttled", hours=1)
    return gateway


def command(
    gateway: RunningGateway, *words: str, stdin: IO[bytes] | int = subprocess.DEVNULL
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "commands", *words, "--url", gateway.url], cwd=ROOT,
        env=environment(Path("/nonexistent/data")), stdin=stdin, capture_output=True,
        text=True, timeout=SECONDS, check=False,
    )  # fmt: skip


def left(gateway: RunningGateway) -> list[tuple[str, str]]:
    sql = "SELECT body, attributes FROM messages WHERE queue = 'dead-letters' ORDER BY sequence"
    return [
        (json.loads(body)["ApplicationId"], json.loads(told)["Reason"]["StringValue"])
        for body, told in gateway.rows(sql)
    ]


def taken(gateway: RunningGateway, start: int) -> int:
    found = re.findall(r"queue  (\d+) taken", "\n".join(gateway.lines[start:]))
    return sum(map(int, found))


ALL = [("shop", "Throttled"), ("shop", "no such stream"), ("game", "Throttled")]


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        ([], [0, 1, 2]),
        (["--application-id", "shop"], [0, 1]),
        (["--reason", "throttl"], [0, 2]),
        (["--younger-than", "1d"], [1, 2]),
        (["--application-id", "shop", "--reason", "throttl", "--older-than", "1d"], [0]),
        (["--application-id", "Shop"], []),
    ],
)
def test_those_are_listed_and_moved_that_are_chosen(
    options: list[str], chosen: list[int], gateway: RunningGateway
) -> None:
    listed = command(gateway, "dead-letters", *options)
    tried = command(gateway, "redrive", *options, "--dry-run")
    assert (listed.returncode, tried.returncode) == (0, 0)
    assert listed.stdout.endswith(f"Dead letters: {len(chosen)}\n")
    assert tried.stdout.endswith(f"Dead letters that would be moved: {len(chosen)}\n")
    assert left(gateway) == ALL

    start = len(gateway.lines)
    done = command(gateway, "redrive", *options, "--yes")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Dead letters moved back to {gateway.url}/queue: {len(chosen)}\n"
    assert left(gateway) == [one for number, one in enumerate(ALL) if number not in chosen]
    with gateway._printed:
        gateway._printed.wait_for(lambda: taken(gateway, start) == len(chosen), SECONDS)
    stored = [app for app in ("shop", "game") for _ in gateway.stored(app)]
    assert sorted(stored) == sorted(ALL[number][0] for number in chosen)


def test_a_letter_that_the_queue_does_not_take_stays(gateway: RunningGateway) -> None:
    queues = find_queues("", gateway.url)
    queues.sqs.meta.events.register("before-call.sqs.SendMessage", _fail)

    with pytest.raises(OSError, match="full"):
        move(queues, Choice(application_id="shop"))

    assert left(gateway) == ALL
    assert command(gateway, "dead-letters").stdout.endswith("Dead letters: 3\n")  # seen again
    queues.sqs.close()


def _fail(**_: Any) -> None:
    raise OSError("full")


def test_a_script_moves_nothing_unless_it_says_yes(gateway: RunningGateway) -> None:
    done = command(gateway, "redrive")

    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no terminal to ask on. Add --yes." in done.stderr
    assert left(gateway) == ALL


@pytest.mark.parametrize("typed", [b"n\n", b"\x04"])
def test_the_question_is_on_stderr_and_no_is_an_exit_code(
    typed: bytes, gateway: RunningGateway
) -> None:
    ours, theirs = pty.openpty()
    with open(theirs, "rb") as terminal, open(ours, "wb", buffering=0) as hand:
        for words in (["redrive"], ["replay-rejected", "--data-dir", str(gateway.data_dir)]):
            hand.write(typed)
            done = command(gateway, *words, stdin=terminal)
            assert (done.returncode, "?" in done.stdout) == (3, False)
            assert "? [y/N]: " in done.stderr
            assert done.stderr.endswith("Error: Nothing was changed.\n")
    assert left(gateway) == ALL


def test_the_bar_comes_to_its_end_whatever_is_chosen(
    gateway: RunningGateway, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.redrive.CLOCK_SECONDS", 0)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    queues = find_queues("", gateway.url)

    assert move(queues, Choice(reason="stream")).letters == 1

    assert re.search(r"Looking at 3 dead letters .*3/3", capsys.readouterr().out)
    queues.sqs.close()


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "http://sqs.example.com", "here"])
def test_another_machines_queue_is_not_taken_for_the_laptops(
    url: str, gateway: RunningGateway
) -> None:
    gateway.url, own = url, gateway.url
    done = command(gateway, "redrive")
    gateway.url = own

    assert done.returncode == 2
    assert "it should be `make run`'s, like http://127.0.0.1:8080." in done.stderr


@pytest.mark.parametrize("age", ["2", "2 h", "-1h", "1w", ""])
def test_an_age_that_is_none_is_told(age: str, gateway: RunningGateway) -> None:
    done = command(gateway, "redrive", f"--older-than={age}")

    assert done.returncode == 2
    assert "it should be like 30m, 6h or 2d." in done.stderr
