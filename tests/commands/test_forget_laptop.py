"""`forget` on a laptop: which lines of logs go, and that a kill loses nothing of what is known."""

import json
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from commands.forget import forget_laptop
from commands.forget.forget_command import forget
from commands.forget.forget_laptop import LaptopStore
from commands.forget.journal import Journal
from commands.forget.lake_folders import Scope
from commands.forget.logged_lines import cut_lines
from commands.forget.naming import holds
from commands.forget.person import Person
from commands.forget.receipt import Receipt
from local.database import FILE
from tests.commands.memory_s3 import Kill, KilledError
from tests.local.sample import APPLICATION, store_sample

OURS = {
    "level": "INFO", "location": "log:98", "message": "put_events", "application": "my-app",
    "timestamp": "2026-11-26T00:42:09.315+00:00", "service": "putevents-gateway", "status": 202,
    "request_id": "f4f60bca-1", "reason": "Timestamp should be a date of the log.", "count": 1,
}  # fmt: skip
LONG = "née/" + "x" * 70


def line(**members: Any) -> bytes:
    return json.dumps(OURS | members).encode() + b"\n"


@pytest.mark.parametrize("id_", ["1", "202", "my-app", "put_events", "log", "a", "e", "INFO", "00"])
def test_the_lines_of_everybody_else_stay(id_: str, tmp_path: Path) -> None:
    log = tmp_path / "gateway.log"
    log.write_bytes(line() + line(example="jane1") + b"Traceback: jane-1 at put_events_log\n")
    for person in (Person(user_id=id_), Person(endpoint_id=id_, application_id="my-app")):
        assert cut_lines(log, person, dry_run=False) == (3, 0)


def test_the_lines_that_name_the_person_go(tmp_path: Path) -> None:
    log, kept = tmp_path / "gateway.log", line(example="janet") + b"users/janet\n" + b"[1]\n"
    for id_, texts in {
        "jane": [line(example="jane"), line(undelivered=["x", "jane"]), b"users/jane 404\n",
                 line(exception="Traceback\nKeyError: 'jane'")],
        LONG: [line(example=LONG[:64]), b'"/v1/apps/a/users/n%C3%A9e%2F' + b"x" * 70 + b'"\n'],
    }.items():  # fmt: skip
        log.write_bytes(kept + b"".join(texts))
        assert cut_lines(log, Person(user_id=id_), dry_run=True) == (3 + len(texts), len(texts))
        assert cut_lines(log, Person(user_id=id_), dry_run=False).removed == len(texts)
        assert log.read_bytes() == kept
    log.write_bytes(line(example="JANE") + line(undelivered=["Jane"]))
    person = Person(endpoint_id="jane", application_id="my-app")
    assert cut_lines(log, person, dry_run=False) == (2, 2)


def test_of_a_querys_result_only_whole_ids_count(tmp_path: Path) -> None:
    path = tmp_path / "result"
    path.write_bytes(b'"day","n"\n"2026-01-10","101"\n"{userid=Ann, x=1a}"' + b"\n" * 3_000_000)
    assert not holds(path, [b"1", b"an", b"01"])
    assert holds(path, [b"ann"])
    with path.open("ab") as file:
        file.write(b"|late|")
    assert holds(path, [b"late"])


def filled(folder: Path) -> Path:
    folder.mkdir()
    store_sample(folder)
    (folder / "gateway.log").write_bytes(line(example="phone-2") + line(example="phone-3"))
    (folder / "gateway.log.1").write_bytes(line(example="ann"))
    return folder


def left(folder: Path) -> list[Any]:
    with closing(sqlite3.connect(folder / FILE)) as connection:
        return [
            connection.execute("SELECT endpoint_id, event_id FROM events").fetchall(),
            connection.execute("SELECT endpoint_id, event FROM rejected_events").fetchall(),
            connection.execute(
                "SELECT endpoint_id, user_id FROM endpoint_items WHERE revision > 0"
            ).fetchall(),
            *((path.name, path.read_bytes()) for path in sorted(folder.glob("gateway.log*"))),
        ]


def run(folder: Path, kill: Kill) -> None:
    person = Person(user_id="ann")
    for _ in LaptopStore(folder, person, Receipt(person, {}, dry_run=False)).forget(Scope()):
        kill.step()


def test_whenever_it_is_killed_the_next_run_ends_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill = Kill()

    def cut(log: Path, *args: Any, **options: Any) -> Any:
        done = cut_lines(log, *args, **options)
        kill.step()
        return done

    monkeypatch.setattr(forget_laptop, "cut_lines", cut)
    run(filled(tmp_path / "whole"), kill)
    whole, steps = left(tmp_path / "whole"), kill.steps
    assert b"phone-2" not in dict(whole[3:])["gateway.log"]
    assert steps >= 6
    for killed_at in range(1, steps + 1):
        folder, kill = filled(tmp_path / str(killed_at)), Kill(killed_at)
        with suppress(KilledError):
            run(folder, kill)
        kill = Kill()
        run(folder, kill)
        assert left(folder) == whole, f"killed at step {killed_at} of {steps}"


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--receipt", "/proc/nowhere/x.json"], 3, "/proc/nowhere/x.json cannot be written"),
        (["--receipt", "."], 2, "is a directory"),
        (["--since", "2026-12-01", "--until", "2026-01-01"], 2, "--since is a later day"),
        (["--application", "typo"], 3, "There is no application 'typo' here"),
    ],
)
def test_nothing_is_changed_before_all_is_clear(
    options: list[str], code: int, told: str, tmp_path: Path
) -> None:
    folder = filled(tmp_path / "data")
    before = left(folder)
    receipt = ["--receipt", str(tmp_path / "receipt.json")]
    answer = CliRunner().invoke(
        forget, ["--user", "ann", "--yes", "--data-dir", str(folder), *receipt, *options]
    )
    assert (answer.exit_code, left(folder)) == (code, before)
    assert told in answer.output
    with closing(sqlite3.connect(folder / FILE)) as connection:
        tombs = connection.execute("SELECT * FROM endpoint_items WHERE forgotten > ''").fetchall()
    assert tombs == []
    assert not (tmp_path / "receipt.json").exists()


def test_what_could_not_be_removed_is_told_with_its_message(tmp_path: Path) -> None:
    folder = filled(tmp_path / "data")
    with closing(sqlite3.connect(folder / FILE)) as connection:
        connection.execute(
            "INSERT INTO messages (queue, message_id, body, attributes, sent_at, visible_at)"
            " VALUES ('dead-letters', 'm-17', '{\"Note\": \"\\u0061nn\"}', '{}', 0, 0)"
        )
        connection.commit()
    receipt = tmp_path / "receipt.json"
    options = ["--application", APPLICATION, "--data-dir", str(folder), "--receipt", str(receipt)]
    answer = CliRunner().invoke(forget, ["--user", "ann", "--yes", *options])
    assert answer.exit_code == 1
    assert "not removed  message m-17 in dead-letters: It names the person" in answer.output
    [told] = json.loads(receipt.read_text())["not_removed"]
    assert told["what"] == "message m-17 in dead-letters"


def test_two_runs_in_one_folder_exclude_each_other(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "one")) as journal:
        journal.add("a", state="done")
        with pytest.raises(Exception, match="Another run forgets somebody in this folder"):
            Journal(tmp_path / "two")
    with closing(Journal(tmp_path / "one")) as journal:
        assert journal.went_on
        journal.remove()
