"""`forget` killed before and after each change that it makes, and begun again: the same end."""

import json
from base64 import b64encode
from collections import Counter
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from commands.forget.journal import Journal
from commands.forget.lake_folders import Bucket, Scope
from commands.forget.objects import Objects
from commands.forget.person import Person
from commands.forget.receipt import Receipt
from tests.commands.memory_s3 import Kill, KilledError, MemoryS3

EVENTS = "events/application_id=app/day=2026-01-02"


class KilledJournal(Journal):
    """A journal whose process can end before and after each line."""

    kill = Kill()

    def add(self, key: str, **entry: Any) -> None:
        self.kill.step()
        super().add(key, **entry)
        self.kill.step()


class End(NamedTuple):
    """What is to be the same."""

    rows: Counter[str]
    known: set[tuple[str, str]]
    objects: dict[str, tuple[int, int]]


def parquet(path: Path, sql: str) -> bytes:
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


def events(path: Path, *pairs: tuple[str, str]) -> bytes:
    rows = ", ".join(f"({n}, '{id_}', '{user}')" for n, (id_, user) in enumerate(pairs))
    return parquet(
        path,
        "SELECT {'client_id': c} AS client, n, {'user': {'userid': u}} AS endpoint"
        f" FROM (VALUES {rows}) t(n, c, u) ORDER BY n",
    )


def filled(folder: Path, status: str) -> MemoryS3:
    """Ann on three devices, of which only events tell: one lies under `errors/`."""
    s3, path = MemoryS3(status), folder / "made"
    s3.put(f"{EVENTS}/a.parquet", events(path, ("Phone", "ann"), ("phone", "bob")))
    s3.put(f"{EVENTS}/a.parquet", events(path, ("Phone", "ann"), ("phone", "bob"), ("x", "bob")))
    s3.put(f"{EVENTS}/b.parquet", events(path, ("tablet", "ann")))
    s3.put(f"{EVENTS}/c.parquet", events(path, ("x", "bob")))
    records = [
        {"application": {"app_id": "app"}, "client": {"client_id": id_},
         "endpoint": {"user": {"userid": user}}}
        for id_, user in (("watch", "ann"), ("x", "bob"))
    ]  # fmt: skip
    raw = b64encode("\n".join(map(json.dumps, records)).encode()).decode()
    good, bad = json.dumps({"rawData": raw}), json.dumps({"rawData": b64encode(b'{"b').decode()})
    s3.put("errors/f/day=2026-01-02/e", f"{good}\n{bad}\n".encode())
    ids = ("PHONE", "tablet", "watch", "x")
    rows = ", ".join(f"('app', '{id_}', '{{}}')" for id_ in ids)
    s3.put(
        "rejected/day=2026-01-02/r.parquet",
        parquet(path, f"SELECT * FROM (VALUES {rows}) t(application_id, endpoint_id, event)"),
    )
    return s3


def forget(s3: MemoryS3, folder: Path, kill: Kill) -> tuple[Person, list[Any]]:
    """One run, as the command makes it, until its end or the kill."""
    person = Person(user_id="ann")
    s3.kill = KilledJournal.kill = kill
    with closing(KilledJournal(folder / "journal")) as journal:
        journal.restore(person, Receipt(person, {}, dry_run=False))
        objects = Objects(Bucket(s3, "lake"), person, Scope(), journal, folder)
        with closing(objects):
            list(objects.remove(dry_run=False))
        return person, list(journal.entries())


def ended(s3: MemoryS3, folder: Path, *, killed_at: int | None) -> tuple[End, int]:
    """What is there after a run, or after one that was killed and another; and a run's steps."""
    kill = Kill(killed_at)
    if killed_at:
        with suppress(KilledError):
            forget(s3, folder, kill)
    person, entries = forget(s3, folder, Kill() if killed_at else kill)
    (folder / "journal").unlink()
    told = {e["key"]: (e["rows"], e["removed"]) for e in entries if e["removed"]}
    return End(rows(s3, folder), person.seen, told), kill.steps


def rows(s3: MemoryS3, folder: Path) -> Counter[str]:
    """Each row of each version, and each line of what is no Parquet."""
    found: Counter[str] = Counter()
    for key, versions in s3.versions.items():
        for _, body in versions:
            found.update(f"{key.rpartition('/')[0]} {row}" for row in _read(body, folder / "seen"))
    return found


@cache
def _read(body: bytes, path: Path) -> list[Any]:
    if body.startswith(b"{"):
        return body.splitlines()
    path.write_bytes(body)
    with duckdb.connect() as connection:
        return connection.sql(f"FROM read_parquet('{path}')").fetchall()


@pytest.mark.parametrize("status", ["", "Enabled"])
def test_whenever_it_is_killed_the_same_comes_out(status: str, tmp_path: Path) -> None:
    whole, steps = ended(filled(tmp_path, status), tmp_path, killed_at=None)
    assert whole.known == {("app", id_) for id_ in ("phone", "tablet", "watch")}
    assert not [row for row in whole.rows if "ann" in row or "PHONE" in row or "watch" in row]
    assert sum("bob" in row or "'x'" in row for row in whole.rows) == 4
    assert steps > 20
    for killed_at in range(1, steps + 1):
        again, _ = ended(filled(tmp_path, status), tmp_path, killed_at=killed_at)
        assert again == whole, f"killed at step {killed_at} of {steps}"


def test_what_came_between_two_runs_tells_of_endpoints_that_the_first_did_not_know(
    tmp_path: Path,
) -> None:
    s3 = filled(tmp_path, "")
    sql = "SELECT 'app' AS application_id, 'x' AS endpoint_id, '{}' AS event"
    s3.put("rejected/day=2026-01-02/of-x.parquet", parquet(tmp_path / "made", sql))
    forget(s3, tmp_path, Kill())  # killed before its journal was removed
    assert any("'x'" in row for row in rows(s3, tmp_path) if row.startswith("rejected/"))
    s3.put(f"{EVENTS}/late.parquet", events(tmp_path / "made", ("X", "ann")))
    person, _ = forget(s3, tmp_path, Kill())
    assert ("app", "x") in person.seen
    assert not [row for row in rows(s3, tmp_path) if row.startswith("rejected/")]
