"""The files that import-endpoints reads, as Pinpoint wrote them, validated without any AWS."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from commands.exit_codes import StoppedError
from commands.import_endpoints.columns import _KNOWN
from commands.import_endpoints.export_reader import Batch, batches
from commands.import_endpoints.import_command import import_endpoints
from putevents.wire.timestamps import milliseconds

NOW = milliseconds("2026-11-01T00:00:00Z")
CREATED, UPDATED = "2019-08-23T10:54:35.220Z", "2024-05-06T07:08:09Z"
EXPORTED = {
    "Id": "phone",
    "ApplicationId": "0123",
    "CohortId": "42",
    "CreationDate": CREATED,
    "Address": "token, quoted",
    "Attributes": {"interests": ["science", 'say "hi"'], "dotted.name": ["x"]},
    "ChannelType": "APNS",
    "Demographic": {"Make": "apple", "AppVersion": "1.0"},
    "EffectiveDate": UPDATED,
    "EndpointStatus": "INACTIVE",
    "Location": {"Country": "US", "Latitude": 47.6},
    "Metrics": {"age": 23.5},
    "OptOut": "NONE",
    "RequestId": "r",
    "User": {"UserId": "u", "UserAttributes": {"plan": ["pro"]}},
}
# A value of a list to a column, and a space as in the example of Pinpoint's user guide.
HEADER = (
    "Id,ApplicationId,CohortId,CreationDate,Address,Attributes.interests, Attributes.interests,"
    "Attributes.dotted.name,ChannelType,Demographic.Make,Demographic.AppVersion,EffectiveDate,"
    "EndpointStatus,Location.Country,Location.Latitude,Metrics.age,OptOut,RequestId,User.UserId,"
    "User.UserAttributes.plan"
)
ROW = (
    f'phone,0123,42,{CREATED},"token, quoted",science,"say ""hi""",x,APNS,apple,1.0,{UPDATED},'
    "INACTIVE,US,47.6,23.5,NONE,r,u,pro"
)
Write = Callable[..., Path]


@pytest.fixture(name="write")
def _write(tmp_path: Path) -> Write:
    """Writes a file of lines; gzipped if it is named so."""

    def write(name: str, *lines: str | bytes) -> Path:
        content = b"".join(
            (line.encode() if isinstance(line, str) else line) + b"\n" for line in lines
        )
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write


def read(path: Path, end: int = 0, number: int = 0) -> list[Batch]:
    return list(batches(path, end, number, NOW))


def one(path: Path) -> Batch:
    [batch] = read(path)
    return batch


def reasons(path: Path) -> dict[int, str]:
    return {line.number: why for line, why in one(path).rejected}


def dry_run(path: Path) -> Result:
    return CliRunner().invoke(import_endpoints, [str(path), "--application-id", "a", "--dry-run"])


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("endpoints.csv", (HEADER, ROW)),
        ("endpoints.csv.gz", (HEADER, ROW)),
        ("named-otherwise.gz", (HEADER, ROW)),
        ("endpoints.csv", ("\ufeff" + HEADER + "\r", ROW + "\r", "\r")),
        ("endpoints.json", (json.dumps(EXPORTED), "")),
        ("part-00000.gz", (json.dumps(EXPORTED),)),
        ("endpoints.jsonl", ("\ufeff" + json.dumps(EXPORTED, ensure_ascii=False),)),
    ],
)
def test_every_format_says_the_same(write: Write, name: str, lines: tuple[str, ...]) -> None:
    batch = one(write(name, *lines))

    [(id_, change)] = batch.changes.items()
    only_exported = ("Id", "ApplicationId", "CohortId", "CreationDate")
    assert id_ == "phone"
    assert change.endpoint.model_dump(by_alias=True, exclude_none=True) == {
        name: value for name, value in EXPORTED.items() if name not in only_exported
    }
    assert (change.created, change.arrival.timestamp) == (
        milliseconds(CREATED),
        milliseconds(UPDATED),
    )
    assert batch.rejected == []


@pytest.mark.parametrize(
    ("effective", "creation", "arrived", "created"),
    [
        (UPDATED, CREATED, UPDATED, CREATED),
        (UPDATED, None, UPDATED, UPDATED),
        (None, CREATED, CREATED, CREATED),
        # A clock of a phone that is wrong must not win over what clients say from now on.
        ("2038-01-19T03:14:07Z", CREATED, CREATED, CREATED),
        ("1970-01-01T00:00:00Z", CREATED, CREATED, CREATED),
        ("2018-01-01T00:00:00Z", CREATED, CREATED, CREATED),
        ("2038-01-19T03:14:07Z", None, None, "2026-11-01T00:00:00Z"),
        ("0001-01-01T00:00:00Z", None, None, "2026-11-01T00:00:00Z"),
        (None, None, None, "2026-11-01T00:00:00Z"),
    ],
)
def test_an_endpoint_is_as_old_as_its_last_update(
    write: Write, effective: str | None, creation: str | None, arrived: str | None, created: str
) -> None:
    dates = {"Id": "a", "EffectiveDate": effective, "CreationDate": creation}
    change = one(write("endpoints.json", json.dumps(dates))).changes["a"]

    assert change.arrival.timestamp == (milliseconds(arrived) if arrived else 0)
    assert change.created == milliseconds(created)


def test_the_same_line_is_the_same_update_again_and_no_two_endpoints_have_one(write: Write) -> None:
    lines = [json.dumps({"Id": id_, "EffectiveDate": UPDATED}) for id_ in "ab"]
    path = write("endpoints.json", *lines)
    first, again = one(path).changes, one(path).changes

    assert first["a"].arrival == again["a"].arrival != first["b"].arrival


def test_a_bad_line_is_rejected_alone(write: Write) -> None:
    header = "Id,ChannelType,Address,Metrics.m,CreationDate"
    rows = {
        2: ("good,SMS,+1,1,", None),
        3: (",,,1,", "Missing Id, or Address and ChannelType, or User.UserId"),
        4: ("a$,SMS,+1,1,", "Endpoint id should be text without $, { and }."),
        5: ("a,,+1,1,", "Missing ChannelType (Address)"),
        6: ("a,SMS,+1,1_0,", "Input should be a valid number (Metrics.m)"),
        7: ("a,SMS,+1,nan,", "Input should be a finite number (Metrics.m)"),
        8: ("a,SMS,+1", "3 values for 5 columns"),
        9: ('a,SMS,"+1,1,', "Not CSV (unexpected end of data)"),
        10: (
            "a,SMS,+1,1,yesterday",
            "Timestamp should be a date in ISO 8601 format with Z or +hh:mm. (CreationDate)",
        ),
        11: (b"a,SMS,\xff,1,", "Not UTF-8"),
        12: ("a" * 300_000, "Longer than 256 KB"),
        13: (header, None),  # of a file that was put together
        14: ("good too,SMS,+1,,", None),
    }
    path = write("endpoints.csv", header, *(row for row, _ in rows.values()))

    assert reasons(path) == {number: why for number, (_, why) in rows.items() if why}
    assert list(one(path).changes) == ["good", "good too"]


def test_a_bad_line_of_json_is_rejected_alone(write: Write) -> None:
    large = {"Id": "a", "Attributes": {f"k{n}": ["v" * 100] for n in range(200)}}
    lines = ("bad", "[1]", '{"Id": 1}', "[" * 100_000, json.dumps(large), '{"Id": "good"}')
    path = write("endpoints.json", *lines)

    assert reasons(path) == {
        1: "Not JSON",
        2: "Not a JSON object",
        3: "Input should be a valid string (Id)",
        4: "Not JSON",
        5: "Endpoint size should be at most 15 KB. (Endpoint)",
    }
    assert list(one(path).changes) == ["good"]


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("Id,Attribute.x", "Unknown column: 'Attribute.x'."),
        ("Id,User", "Unknown column: 'User'."),
        ("ChannelType,OptOut", "There is no column Id, Address or User.UserId."),
        ("Id,OptOut,OptOut", "The column OptOut is there twice."),
        ("Id,Metrics.m,Metrics.m", "The column Metrics.m is there twice."),
        ('Id,"OptOut', "The header is not CSV"),
        (b"Id,\xff", "Not UTF-8"),
    ],
)
def test_a_header_that_would_lose_something_stops_it(
    write: Write, header: str | bytes, why: str
) -> None:
    path = write("endpoints.csv", header, "a,b")
    with pytest.raises(StoppedError) as stopped:
        read(path)

    assert stopped.value.message.startswith(f"{path}: {why}")


def test_every_member_of_an_endpoint_has_a_column() -> None:
    assert {"Address", "RequestId", "Demographic.PlatformVersion", "User.UserId"} <= _KNOWN
    assert {"Location.PostalCode", "CohortId"} <= _KNOWN
    assert not {"User", "Attributes", "User.UserAttributes", "Metrics", "Location"} & _KNOWN


@pytest.mark.parametrize("suffix", ["", ".gz"])
@given(st.data())
def test_behind_each_batch_it_can_be_gone_on(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, data: st.DataObject
) -> None:
    some = ["a", "b", "", "é", '"a', '"two\nlines"', '"\n\n,"', '"""\r\n"']
    ids = data.draw(st.lists(st.sampled_from(some), min_size=1, max_size=12))
    ends = data.draw(st.sampled_from(["\n", "\r\n", "\n\n"]))
    text = "".join(f"{line}{ends}" for line in ("Id,OptOut", *(f"{id_},ALL" for id_ in ids)))
    path = tmp_path_factory.mktemp("export") / f"endpoints.csv{suffix}"
    path.write_bytes(gzip.compress(text.encode()) if suffix else text.encode())
    whole = read(path)

    for place, batch in enumerate(whole):
        rest = read(path, batch.end, batch.number)
        assert [b.origins for b in rest] == [b.origins for b in whole[place + 1 :]]
        assert [b.rejected for b in rest] == [b.rejected for b in whole[place + 1 :]]
    if '"a' not in ids:  # a stray quote may open a value that the next one closes
        good = [id_[1:-1].replace('""', '"') if '"' in id_ else id_ for id_ in ids if id_]
        assert [id_ for batch in whole for id_ in batch.changes] == good


def test_a_value_of_csv_may_have_line_breaks(write: Write) -> None:
    notes = 'one\r\n\n"two"\nthree'
    row = notes.replace('"', '""')
    path = write("endpoints.csv", "Id,Attributes.notes", f'a,"{row}"', "b,x", 'c,"\n"')
    batch = one(path)

    found = {id_: change.endpoint.attributes for id_, change in batch.changes.items()}
    assert found == {"a": {"notes": [notes]}, "b": {"notes": ["x"]}, "c": {"notes": ["\n"]}}
    assert [(line.number, line.last) for line in batch.origins.values()] == [(2, 5), (6, 6), (7, 8)]
    assert batch.rejected == []


@pytest.mark.parametrize(
    ("rows", "good", "bad"),
    [
        (['a,"x', "b,y", "c,z"], ["b", "c"], [2]),  # nothing closes it
        (['a,"x', "b,y", 'c,"z"', "d,"], ["b", "c", "d"], [2]),  # what closes it makes no row
        (['a,"x', 'b,"y', "c,z"], ["c"], [2, 3]),
        (['a,x"y', "b,z"], ["a", "b"], []),  # inside of a plain value it is a character
        (['a,"' + "x" * 1000, *["b,y"] * 400, 'c,"', "d,e"], ["b", "d"], [2, 403]),
    ],
)
def test_a_stray_quote_spoils_its_line_only(
    write: Write, rows: list[str], good: list[str], bad: list[int]
) -> None:
    found = read(write("endpoints.csv", "Id,Attributes.note", *rows))

    assert list(dict.fromkeys(id_ for batch in found for id_ in batch.changes)) == good
    assert [line.number for batch in found for line, _ in batch.rejected] == bad


def test_a_value_that_never_ends_is_not_read_for_ever(write: Write) -> None:
    rows = ['a,"', *(f"{n},{'x' * 1000}" for n in range(2_000))]
    found = read(write("endpoints.csv", "Id,Metrics.m", *rows[:1], *rows[1:]))

    assert sum(len(batch.rejected) for batch in found) == len(rows)


@pytest.mark.parametrize(
    ("lines", "other"),
    [
        (["ChannelType,Address", "SMS,+1", "EMAIL,a@example.com", "SMS,+1"], 2),
        (["User.UserId,User.UserAttributes.plan", "jane,pro", "joe,", "jane,free"], 2),
        (['{"ChannelType": "SMS", "Address": "+1"}', '{"User": {"UserId": "+1"}}'], 2),
    ],
)
def test_an_endpoint_without_id_gets_one_that_is_the_same_each_time(
    write: Write, lines: list[str], other: int
) -> None:
    path = write("segment.csv" if "," in lines[0][:20] else "segment.json", *lines)
    first, again = ([list(b.changes) for b in read(path)] for _ in range(2))

    assert first == again
    ids = [id_ for batch in first for id_ in batch]
    assert len({*ids}) == other
    assert all(len(id_) == 36 for id_ in ids)


def test_an_id_in_the_file_stays(write: Write) -> None:
    rows = ["Id,ChannelType,Address", "mine,SMS,+1", ",SMS,+1"]

    assert next(iter(one(write("segment.csv", *rows)).changes)) == "mine"


def test_batches_are_no_larger_than_a_call_of_the_table(write: Write) -> None:
    lines: list[Any] = [json.dumps({"Id": str(number)}) for number in range(250)]
    found = read(write("endpoints.json", *lines))

    assert [len(batch.changes) for batch in found] == [100, 100, 50]
    assert found[-1].bytes_read == write("endpoints.json", *lines).stat().st_size


def test_a_file_that_ends_too_soon_stops_it(write: Write) -> None:
    path = write("endpoints.json.gz", *(json.dumps({"Id": str(n)}) for n in range(1000)))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(StoppedError, match="cannot be read to its end"):
        read(path)


def test_a_dry_run_of_a_folder_reads_its_files_and_writes_none(
    write: Write, tmp_path: Path
) -> None:
    write("export/part-0.gz", json.dumps({"Id": "a"}), "bad")
    write("export/part-1.csv", "Id", "b")
    other = write("export/access-test", "nothing")
    result = dry_run(tmp_path / "export")

    bad, passed = f"{tmp_path}/export/part-0.gz:2: Not JSON", f"{other} is passed over: "
    assert result.exit_code == 1
    assert bad in result.stderr.splitlines()
    assert passed in result.stderr
    assert result.stdout.splitlines()[:3] == [
        "valid      2 endpoints",
        "rejected   1 line",
        "           1 x Not JSON",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


def test_a_dry_run_of_good_lines_succeeds_and_a_folder_without_files_is_refused(
    write: Write, tmp_path: Path
) -> None:
    path = write("endpoints.csv", HEADER, ROW)
    (tmp_path / "empty").mkdir()

    assert dry_run(path).exit_code == 0
    assert dry_run(tmp_path / "empty").exit_code == 2
