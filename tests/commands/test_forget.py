"""`forget`: which parts are a person's, files without them, and the laptop's store."""

import json
import pty
import sqlite3
import subprocess
import sys
from base64 import b64decode, b64encode
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from commands.forget.failed_records import cut_line
from commands.forget.forget_command import forget
from commands.forget.journal import DONE, Journal
from commands.forget.lake_folders import Scope
from commands.forget.message_parts import cut
from commands.forget.parquet_rows import EVENTS, REJECTED, Counts, ParquetRows
from commands.forget.person import Person
from infra.deploy_settings import DeploySettings
from local.database import FILE, Database
from local.sqlite_destination import LocalDestination
from putevents.endpoints.store import TOMBSTONE_DAYS
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import ValidBatch
from tests.lake.test_lake_destination import some
from tests.local.running_gateway import ROOT, environment
from tests.local.sample import APPLICATION, store_sample

ANN = Person(user_id="ann")


def body(*ids: str, app: str = APPLICATION, **along: Any) -> str:
    batch: dict[str, Any] = {"Endpoint": {}, "Events": {}}
    message = {"ApplicationId": app, "EventsRequest": {"BatchItem": dict.fromkeys(ids, batch)}}
    return json.dumps(message | ({"AsOfArrival": along} if along else {}))


def test_of_a_message_only_the_persons_parts_go() -> None:
    stored = {"Order": 1, "Endpoint": {"User": {"UserId": "ann"}}}
    person = Person(user_id="ann", endpoints={(APPLICATION, "tablet")})
    kept = cut(body("phone", "TABLET", "other", phone=stored, other={"Order": 2}), person)
    assert kept.parts == 2
    assert json.loads(kept.body or "") == json.loads(body("other", other={"Order": 2}))
    assert cut(body("phone", phone=stored), person)[:2] == (None, 1)
    assert cut(body("tablet", app="another"), person).parts == 0
    bobs = {"Endpoint": {"User": {"UserId": "bob"}}}
    assert cut(body("tablet", tablet=bobs), person).parts == 0  # Bob has signed in there
    endpoint = Person(endpoint_id="Tablet", application_id=APPLICATION)
    assert cut(body("tablet", tablet=bobs), endpoint).parts == 1


def envelope(client_id: str, **client: str) -> dict[str, Any]:
    return {"event_type": "a", "client": {"client_id": client_id, **client}}


@pytest.mark.parametrize("form", ["list", "object", "base64", "lines"])
def test_of_enriched_events_only_the_persons_go(form: str) -> None:
    anns, bobs = envelope("phone", user_id="ann"), envelope("other", user_id="bob")
    tablets = envelope("TABLET")
    person = Person(user_id="ann", endpoints={(APPLICATION, "tablet")})
    found: Any = [anns, bobs, tablets]
    if form == "object":
        found = anns
    elif form != "list":
        found = "\n".join(map(json.dumps, found))
    if form == "base64":
        found = b64encode(found.encode()).decode()
    message = {"ApplicationId": APPLICATION, "EnrichedEvents": found}

    kept = cut(json.dumps(message), person)

    if form == "object":
        assert kept == (None, 1, None)
    else:
        left = {"ApplicationId": APPLICATION, "EnrichedEvents": [bobs]}
        assert (json.loads(kept.body or ""), kept.parts, kept.problem) == (left, 2, None)
    assert cut(json.dumps(message), Person(user_id="carl")).parts == 0


def test_what_cannot_be_cut_of_enriched_events_is_told() -> None:
    for found in ([envelope("other"), "for ann"], json.dumps(envelope("x")) + "\n{for ann"):
        body = json.dumps({"ApplicationId": APPLICATION, "EnrichedEvents": found})
        assert cut(body, ANN).problem
        assert not cut(body, Person(user_id="bob")).problem


USER = 'w\u00fc\U0001f600"s/\\er'
BATCH = {"wphone": {"Endpoint": {"User": {"UserId": USER}}, "Events": {}}}
BOBS = {"bphone": {"Endpoint": {"User": {"UserId": "bob"}}, "Events": {}}}


@pytest.mark.parametrize("ensure_ascii", [True, False])
@pytest.mark.parametrize(
    ("document", "left"),
    [
        ({"EventsRequest": {"BatchItem": BATCH}}, None),
        ({"BatchItem": BATCH}, None),
        ([{"BatchItem": BATCH}], None),
        ([{"BatchItem": BATCH}, {"BatchItem": BOBS}], [{"BatchItem": BOBS}]),
        ({"BatchItem": {**BATCH, **BOBS}, "ApplicationId": 7},
         {"BatchItem": BOBS, "ApplicationId": 7}),
    ],
)  # fmt: skip
def test_a_message_that_is_not_whole_is_cut_too(
    document: Any, left: Any, *, ensure_ascii: bool
) -> None:
    text = json.dumps(document, ensure_ascii=ensure_ascii)
    kept = cut(text, Person(user_id=USER))
    assert (json.loads(kept.body or "null"), kept.parts, kept.problem) == (left, 1, None)
    limited = cut(text, Person(user_id=USER, application_id="app"))
    assert limited.body == text  # whose is it?
    assert "delete it yourself" in (limited.problem or "")
    assert cut(text, Person(user_id="w")) == (text, 0, None)


@pytest.mark.parametrize("ensure_ascii", [True, False])
@pytest.mark.parametrize(
    "document",
    [
        USER,
        f"for {USER}!",
        {},
        {"ApplicationId": "app", "EventsRequest": 2},
        {"ApplicationId": "app", "EventsRequest": {"BatchItem": "x"}},
        {"ApplicationId": "app", "EventsRequest": {"BatchItem": {"p": "x"}}},
        {"ApplicationId": "app", "EventsRequest": {"BatchItem": {"p": {"User": USER}}}},
        {"Type": "Notification", "Message": json.dumps({"Message": json.dumps([USER])})},
    ],
)
def test_what_cannot_be_cut_is_told(document: Any, *, ensure_ascii: bool) -> None:
    whole = {**document, "Note": USER} if isinstance(document, dict) else document
    text = json.dumps(whole, ensure_ascii=ensure_ascii)
    for body in (text, text[:-1], text.replace("/", "\\/")):
        kept = cut(body, Person(user_id=USER))
        assert kept[:2] == (body, 0)
        assert kept.problem, body
        assert not cut(body, Person(user_id="bob", endpoints={("app", "tablet")})).problem


def test_two_members_of_one_name_and_a_depth_without_end_are_told() -> None:
    part = '{"Endpoint": {"User": {"UserId": "ann"}}, "Events": {}}'
    batch = f'{{"p": {part}, "p": {{"Endpoint": {{}}, "Events": {{}}}}}}'
    doubled = f'{{"ApplicationId": "app", "EventsRequest": {{"BatchItem": {batch}}}}}'
    for text in (doubled, "[" * 200_000 + '"ann"'):
        assert cut(text, ANN).problem
    endpoint = Person(endpoint_id="Phone", application_id="app")
    assert cut('{"BatchItem": {"PHONE": {}}}', endpoint).problem


def test_of_a_failed_record_only_the_persons_documents_go() -> None:
    documents = ['{"a": 1}', '{"a": 2}', '{"a": 3}']
    raw = b64encode("\n".join(documents).encode()).decode()
    line = json.dumps({"errorCode": "x", "rawData": raw}).encode()
    kept, count = cut_line(line, lambda document: document["a"] == 2)
    assert count == 1
    assert b64decode(json.loads(kept or b"")["rawData"]) == b'{"a": 1}\n{"a": 3}\n'
    assert cut_line(line, lambda _: True) == (None, 3)
    assert cut_line(line, lambda _: False) == (line, 0)
    with pytest.raises(ValueError, match="no record"):
        cut_line(b"{}", lambda _: True)


def test_a_scope_is_of_days_and_of_an_application() -> None:
    scope = Scope("2026-01-02", "2026-01-03", "a")
    assert scope.has("events/application_id=a/day=2026-01-02/x")
    assert not scope.has("events/application_id=a/day=2026-01-04/x")
    assert not scope.has("events/application_id=a/day=2026-01-01/x")
    assert not scope.has("errors/z/events/application_id=b/day=2026-01-02/x")
    assert scope.has("rejected/day=2026-01-02/x")
    assert scope.has("athena-results/x.csv")


def test_a_journal_goes_on_behind_its_last_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with closing(Journal(path)) as journal:
        journal.add("a", state=DONE, rows=1)
    with path.open("ab") as file:
        file.write(b'{"key": "b", "sta')
    with closing(Journal(path)) as journal:
        assert [entry["key"] for entry in journal.entries()] == ["a"]
        journal.add("c", state=DONE)
    with closing(Journal(path)) as journal:
        assert [entry["key"] for entry in journal.entries()] == ["a", "c"]
        journal.remove()
    assert not path.exists()


def parquet(path: Path) -> None:
    """50,000 events of five endpoints and users, compressed and described as another wrote."""
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT n, ['Phone', 'phone', 'phone', 'other', 'x'][n % 5 + 1] AS c,"
            " ['ann', NULL, 'bob', 'ann', ''][n % 5 + 1] AS u FROM range(50000) r(n)"
        )
        connection.execute(
            "COPY (SELECT {'client_id': c} AS client, n AS event_timestamp,"
            " {'id': c, 'user': {'userid': u, 'userattributes': MAP {'k': ['1', NULL]}}}"
            " AS endpoint, MAP {'m': n / 3.0::DOUBLE} AS metrics FROM t ORDER BY n)"
            f" TO '{path}' (FORMAT parquet, COMPRESSION gzip, KV_METADATA {{writer: 'it''s'}})"
        )


def read(path: Path) -> tuple[list[Any], list[Any], list[Any]]:
    """The columns, the rows in order, and how the file was written."""
    written = (
        f"SELECT DISTINCT compression, (SELECT decode(value) FROM parquet_kv_metadata('{path}'))"
        f" FROM parquet_metadata('{path}')"
    )
    file = f"read_parquet('{path}')"
    with duckdb.connect() as connection:
        columns, rows, told = (
            connection.execute(sql).fetchall()
            for sql in (f"DESCRIBE FROM {file}", f"FROM {file}", written)
        )
    return columns, rows, told


@pytest.mark.parametrize(
    ("person", "gone"),
    [
        (Person(user_id="ann"), {0, 3}),
        (Person(user_id="ann", with_endpoints=True, endpoints={("app", "phone")}), {0, 1, 3}),
        (Person(endpoint_id="PHONE", application_id="app"), {0, 1, 2}),
        (Person(user_id="nobody"), set()),
    ],
)
def test_a_file_keeps_every_other_row_in_its_order_and_its_types(
    tmp_path: Path, person: Person, gone: set[int]
) -> None:
    source, target = tmp_path / "it's old", tmp_path / "new"
    parquet(tmp_path / "old")
    (tmp_path / "old").rename(source)
    files = ParquetRows(tmp_path, person)
    counts = files.count(source, EVENTS, "app")
    assert counts == Counts(50_000, 10_000 * len(gone))
    files.rewrite(source, target, EVENTS, "app")
    files.close()
    columns, before, written = read(source.rename(tmp_path / "old"))
    kept = [row for n, row in enumerate(before) if n % 5 not in gone]
    assert read(target) == (columns, kept, written)
    if person.user_id == "ann":
        assert person.endpoints | person.seen == {("app", "phone"), ("app", "other")}


def test_rejected_rows_are_a_persons_by_endpoint_or_by_the_user_in_them(tmp_path: Path) -> None:
    source = tmp_path / "rejected"
    rows = [
        ("a", "phone", "{}"),
        ("b", "phone", "{}"),
        ("a", "new", '{"User": {"UserId": "ann"}}'),
        ("a", "cut", '{"User": {"UserId": "ann"'),
        ("a", "cut2", '{"Attributes": {"a": ["x"]}, "User": {"UserId":"\\u0061nn", "UserAttri'),
        ("a", "list", '{"User": {"UserId": ["x", "ann"]}}'),
        ("a", "text", '{"User": "ann"}'),
        ("a", "none", '{"User": {"UserId": null}}'),
        ("a", "cut3", '{"User": {"UserId": "anna"'),
        ("a", "cut4", '{"User": {"UserId": "an'),
        ("a", None, '{"User": {"UserId": "bob"}}'),
        ("a", "envelope", '{"client": {"client_id": "x", "user_id": "ann"}}'),
        ("a", "two", '[{"client": {"user_id": "ann"}}, {"client": {"user_id": "ann"}}]'),
        ("a", "line", json.dumps('{"client": {"user_id": "ann"')),
        ("a", "cut line", json.dumps('{"client": {"user_id": "ann"')[:-1]),
        ("a", "bobs", '{"client": {"client_id": "x", "user_id": "bob"}, "event_type": "ann"}'),
    ]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (application_id TEXT, endpoint_id TEXT, event TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        connection.execute(f"COPY t TO '{source}' (FORMAT parquet)")
    for person, removed in (
        (Person(user_id="ann", endpoints={("a", "phone")}), 10),
        (Person(user_id="ann", application_id="b"), 0),
        (Person(endpoint_id="Phone", application_id="b"), 1),
    ):
        files = ParquetRows(tmp_path, person)
        assert files.count(source, REJECTED, None) == Counts(len(rows), removed)
        files.close()
        names = ("application_id", "endpoint_id", "event")
        records = [dict(zip(names, row, strict=True)) for row in rows]
        assert sum(map(person.has_rejected, records)) == removed


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """A laptop's store with the sample, messages that wait, a copy and a log."""
    folder = tmp_path / "data"
    folder.mkdir()
    store_sample(folder)
    with closing(sqlite3.connect(folder / FILE)) as connection:
        for queue in ("queue", "dead-letters"):
            connection.executemany(
                "INSERT INTO messages (queue, message_id, body, attributes, sent_at, visible_at)"
                " VALUES (?, 'm', ?, '{}', 0, 0)",
                [(queue, body("phone-1", "phone-3")), (queue, body("Phone-2"))],
            )
        connection.commit()
    (folder / "sql-copy").mkdir()
    (folder / "gateway.log").write_text("one phone-1\ntwo phone-3\n")
    (folder / "gateway.log.1").write_text("users/ann\n")
    return folder


def stored(folder: Path) -> dict[str, list[Any]]:
    """What the store holds, by table; the events with the user that they show."""
    with closing(sqlite3.connect(folder / FILE)) as connection:
        return {
            "events": connection.execute(
                "SELECT endpoint_id, event_id, record FROM events ORDER BY rowid"
            ).fetchall(),
            "rejected": connection.execute("SELECT * FROM rejected_events").fetchall(),
            "messages": connection.execute("SELECT queue, body FROM messages").fetchall(),
            "items": connection.execute(
                "SELECT endpoint_id, user_id, members FROM endpoint_items WHERE revision > 0"
            ).fetchall(),
        }


def test_on_a_laptop_a_person_is_nowhere_and_the_rest_stays(folder: Path, tmp_path: Path) -> None:
    before, receipt = stored(folder), tmp_path / "receipt.json"
    options = ["--user", "ann", "--data-dir", str(folder), "--receipt", str(receipt)]

    tried = [*options, "--dry-run", "--receipt", str(tmp_path / "would.json")]
    answer = CliRunner().invoke(forget, tried, catch_exceptions=False)
    assert answer.exit_code == 0
    would = json.loads((tmp_path / "would.json").read_text())
    assert stored(folder) == before

    answer = CliRunner().invoke(forget, [*options, "--yes"], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    told = json.loads(receipt.read_text())
    after = stored(folder)
    anns = ("phone-1", "phone-2")
    for table in ("events", "items"):
        assert after[table] == [row for row in before[table] if row[0] not in anns]
    assert after["rejected"] == [row for row in before["rejected"] if row[1] not in anns]
    bodies = [json.loads(text) for _, text in after["messages"]]
    assert [[*found["EventsRequest"]["BatchItem"]] for found in bodies] == [["phone-3"]] * 2
    assert (folder / "gateway.log").read_text() == "two phone-3\n"
    assert (folder / "gateway.log.1").read_text() == ""
    assert not (folder / "sql-copy").exists()
    assert told["removed"].items() >= would["removed"].items() - {("lines of logs", 0)}
    assert told["removed"]["events"] == len(before["events"]) - len(after["events"])
    # Not in a free page either; what keeps late ones out has the ids.
    assert b'"ann"' not in (folder / FILE).read_bytes()
    with closing(sqlite3.connect(folder / FILE)) as connection:
        sql = "SELECT endpoint_id, members FROM endpoint_items WHERE forgotten > ''"
        buried = [("$user/ann", "{}"), *((id_, "{}") for id_ in anns)]
        assert sorted(connection.execute(sql)) == buried

    database = Database(folder / FILE)
    late = {id_: ValidBatch(None, some(id_), stored={"Id": id_}) for id_ in ("phone-1", "phone-3")}
    arrivals = dict.fromkeys(late, Arrival("late", 1_790_000_000_000))
    LocalDestination(database).deliver(APPLICATION, late, arrivals, TimeLeft())
    database.close()
    assert [row[0] for row in stored(folder)["events"][len(after["events"]) :]] == ["phone-3"]


def test_on_a_laptop_days_and_applications_limit_it(folder: Path, tmp_path: Path) -> None:
    before = stored(folder)
    receipt = str(tmp_path / "receipt.json")
    where = ["--data-dir", str(folder), "--endpoint", "PHONE-1", "--yes"]
    other = ["--application", "another", "--receipt", str(tmp_path / "another.json")]
    CliRunner().invoke(forget, [*where, *other], catch_exceptions=False)
    assert stored(folder) == before
    days = ["--application", APPLICATION, "--since", "2026-06-01", "--until", "2026-06-07"]
    CliRunner().invoke(forget, [*where, *days, "--receipt", receipt], catch_exceptions=False)
    gone = [row for row in before["events"] if row not in stored(folder)["events"]]
    assert {row[0] for row in gone} == {"phone-1"}
    [(day,)] = {(json.loads(row[2])["arrival_timestamp"] // 86_400_000,) for row in gone}
    assert day == 20_605  # the first of June


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--user", "a", "--endpoint", "b", "--application", "c"],
        ["--endpoint", "b"],
        ["--endpoint", "b", "--application", "c", "--with-endpoints"],
        ["--user", "a", "--since", "yesterday"],
    ],
)
def test_whom_to_forget_must_be_clear(options: list[str], tmp_path: Path) -> None:
    answer = CliRunner().invoke(forget, [*options, "--data-dir", str(tmp_path)])
    assert answer.exit_code == 2


def test_make_passes_its_variables_on(folder: Path) -> None:
    """As the recipe calls it, in a process of its own."""
    words = ["forget", "--user", "ann", "--data-dir", str(folder), "--yes"]
    done = subprocess.run(
        [sys.executable, "-m", "commands", *words],
        cwd=folder,
        env=environment(folder),
        check=True,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    assert "removed  " in done.stdout
    assert (ROOT / "docs/forget.md").exists()


def test_a_script_says_yes_or_changes_nothing(folder: Path) -> None:
    before = stored(folder)
    answer = CliRunner().invoke(forget, ["--user", "ann", "--data-dir", str(folder)])
    assert "--yes" in answer.output
    assert (answer.exit_code, stored(folder)) == (2, before)


@pytest.mark.parametrize("typed", [b"n\n", b"\x04"])
def test_on_a_terminal_it_asks_whether_this_is_the_one(folder: Path, typed: bytes) -> None:
    before, (ours, theirs) = stored(folder), pty.openpty()
    command = [sys.executable, "-m", "commands", "forget", "--data-dir", str(folder), "--user"]
    with open(theirs, "rb") as terminal, open(ours, "wb", buffering=0) as hand:
        hand.write(typed)
        done = subprocess.run(
            [*command, " $ann"], cwd=folder, env=environment(folder), stdin=terminal, check=False,
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert 'Forget the user " $ann" for good?' in done.stdout + done.stderr
    assert (done.returncode, stored(folder)) == (3, before)


def test_the_page_says_until_when_what_stays() -> None:
    page, fields = (ROOT / "docs/forget.md").read_text(), DeploySettings.model_fields
    for name in ("log_retention_days", "event_stream_hours"):
        default = int(fields[name].get_default())
        assert f"`{fields[name].alias}` ({default})" in page
    stays = page.partition("| tombstones in the table |")[2].partition("\n")[0]
    assert f"| {TOMBSTONE_DAYS} days, " in stays
    assert "everything" not in page.partition("\n## ")[0]
