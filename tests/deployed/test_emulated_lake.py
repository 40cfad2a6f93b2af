"""The emulated Firehose and Athena do what the real ones do, where MiniStack by itself did not."""

import json
from typing import Any

import pytest

from tests.deployed.athena import QueryFailedError
from tests.deployed.aws_faults import fail_records, firehose_down, lose_answer
from tests.deployed.emulator import Emulator
from tests.deployed.lake_tables import HandmadeLake

VIEW = "SELECT event_id, client.client_id AS endpoint_id, attributes FROM raw_events"
VIEW_COLUMNS = {"event_id": "string", "endpoint_id": "string", "attributes": "map<string,string>"}


@pytest.fixture(name="lake")
def _lake(emulator: Emulator) -> HandmadeLake:
    """A lake of the test's own, empty."""
    return HandmadeLake(emulator)


def record(*event_ids: str, application: str = "shop", **members: Any) -> bytes:
    """A record of one document for each event."""
    same = {"application": {"app_id": application}, "client": {"client_id": "phone"}, **members}
    return b"\n".join(json.dumps({"event_id": i, **same}).encode() for i in event_ids)


def test_a_record_of_several_documents_becomes_rows_with_what_is_missing_null(
    lake: HandmadeLake,
) -> None:
    attributes = {"Color": "grün", "color": "red"}
    lake.put(record("1", "2", attributes=attributes, unknown={"a": [1]}), record("3", metrics={}))

    rows = lake.athena.query(
        "SELECT event_id, attributes, metrics, session.duration, endpoint.location.city,"
        " application_id FROM raw_events ORDER BY event_id"
    )

    assert [row["event_id"] for row in rows] == ["1", "2", "3"]
    assert rows[0] == {
        "event_id": "1",
        "attributes": "{Color=grün, color=red}",
        "metrics": None,
        "duration": None,
        "city": None,
        "application_id": "shop",
    }
    assert rows[2]["metrics"] == "{}"
    assert lake.rejects() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"event_timestamp": "yesterday"},
        {"event_timestamp": 1.5},
        {"event_timestamp": True},
        {"event_type": 5},
        {"metrics": {"price": "9"}},
        {"attributes": {"a": ["x"]}},
        {"attributes": [["a", "x"]]},
        {"session": "s"},
        {"endpoint": {"user": {"userattributes": {"pet": "cat"}}}},
    ],
    ids=str,
)
def test_a_record_of_a_wrong_shape_lies_whole_under_the_error_prefix(
    lake: HandmadeLake, wrong: dict[str, Any]
) -> None:
    bad = record("good") + b"\n" + record("bad", **wrong)
    lake.put(bad, record("other"))

    assert lake.athena.query("SELECT event_id FROM raw_events") == [{"event_id": "other"}]
    [reject] = lake.rejects()
    assert [json.loads(line)["event_id"] for line in reject["rawData"].splitlines()] == [
        "good",
        "bad",
    ]
    assert reject["ErrorCode"] == "DataFormatConversion.MalformedData"


@pytest.mark.parametrize("bad", [b"hello", b"7", b'{"event_id": "1"', b'["a"]', b" "])
def test_a_record_that_is_no_object_lies_under_the_error_prefix(
    lake: HandmadeLake, bad: bytes
) -> None:
    lake.put(bad)

    [reject] = lake.rejects()
    assert reject["rawData"] == bad
    assert lake.athena.query("SELECT * FROM raw_events") == []


def test_documents_of_several_applications_in_a_record_are_parted(lake: HandmadeLake) -> None:
    lake.put(record("1", "2") + b"\n" + record("3", application="game") + b"\n" + record("4"))

    counted = "SELECT application_id, count(*) AS events FROM raw_events GROUP BY 1 ORDER BY 1"
    assert lake.athena.query(counted) == [
        {"application_id": "game", "events": "1"},
        {"application_id": "shop", "events": "3"},
    ]


def test_what_lies_outside_the_projection_is_not_seen(lake: HandmadeLake) -> None:
    lake.put(record("1"), record("2", application="stranger"))

    assert lake.athena.query("SELECT event_id FROM raw_events") == [{"event_id": "1"}]


def test_a_view_over_an_empty_table_has_no_rows_and_the_types_of_the_table(
    lake: HandmadeLake,
) -> None:
    lake.create_view("ids", VIEW, VIEW_COLUMNS)
    lake.create_view("colored", "SELECT * FROM ids WHERE attributes['c'] = 'x'", VIEW_COLUMNS)

    assert lake.athena.query("SELECT * FROM colored") == []
    [row] = lake.athena.query("SELECT count(DISTINCT endpoint_id) AS endpoints FROM colored")
    assert row == {"endpoints": "0"}


def test_a_view_over_a_view_reads_the_table(lake: HandmadeLake) -> None:
    lake.create_view("ids", VIEW, VIEW_COLUMNS)
    lake.create_view("colored", "SELECT * FROM ids WHERE attributes['c'] = 'x'", VIEW_COLUMNS)
    lake.put(record("1", attributes={"c": "x"}), record("2", attributes={"c": "y"}))

    rows = lake.athena.query(
        "WITH ids AS (SELECT event_id FROM colored) SELECT event_id, 7 / 2 AS three,"
        " TRUE AS yes, TIMESTAMP '2026-01-02 03:04:05' AS moment FROM ids"
    )

    moment = "2026-01-02 03:04:05.000"
    assert rows == [{"event_id": "1", "three": "3", "yes": "true", "moment": moment}]


def test_a_view_whose_columns_are_not_the_catalogs_is_stale(lake: HandmadeLake) -> None:
    lake.create_view("ids", VIEW, VIEW_COLUMNS)
    table = lake.glue.get_table(DatabaseName=lake.name, Name="ids")["Table"]
    names = ("Name", "TableType", "Parameters", "ViewOriginalText")
    changed = {name: table[name] for name in names}
    changed["StorageDescriptor"] = {"Columns": [{"Name": "event_id", "Type": "string"}]}
    lake.glue.update_table(DatabaseName=lake.name, TableInput=changed)

    with pytest.raises(QueryFailedError, match="stale"):
        lake.athena.query("SELECT * FROM ids")


def test_wrong_sql_fails_with_a_reason(lake: HandmadeLake) -> None:
    with pytest.raises(QueryFailedError, match="no_such_column"):
        lake.athena.query("SELECT no_such_column FROM raw_events")
    with pytest.raises(QueryFailedError, match="line 1"):
        lake.athena.query("SELECT FROM WHERE")


def test_firehose_fails_every_third_record_while_it_is_told_to(lake: HandmadeLake) -> None:
    with lake.faults.during(fail_records(3, code="InternalFailure", resource=lake.name)) as faults:
        answer = lake.put(*(record(str(number)) for number in range(7)))
        assert faults.hits() == [1]
    answers = answer["RequestResponses"]

    assert answer["FailedPutCount"] == 2
    failed = [number for number, item in enumerate(answers) if "ErrorCode" in item]
    assert failed == [2, 5]
    assert answers[2]["ErrorCode"] == "InternalFailure"
    rows = lake.athena.query("SELECT event_id FROM raw_events ORDER BY 1")
    assert [row["event_id"] for row in rows] == ["0", "1", "3", "4", "6"]
    assert lake.put(record("2"))["FailedPutCount"] == 0


def test_firehose_is_down_as_often_as_it_is_told_to(lake: HandmadeLake) -> None:
    with lake.faults.during(firehose_down(times=1)) as faults:
        with pytest.raises(lake.firehose.exceptions.ServiceUnavailableException):
            lake.put(record("1"))
        assert lake.put(record("2"))["FailedPutCount"] == 0
        assert faults.hits() == [1]

    assert lake.athena.query("SELECT event_id FROM raw_events") == [{"event_id": "2"}]


def test_an_answer_that_is_lost_leaves_the_record_there(lake: HandmadeLake) -> None:
    lost = lose_answer("firehose", "PutRecordBatch")
    with lake.faults.during(lost), pytest.raises(lake.firehose.exceptions.ClientError):
        lake.put(record("1"))

    assert lake.athena.query("SELECT event_id FROM raw_events") == [{"event_id": "1"}]
