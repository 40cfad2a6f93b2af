"""`forget` on objects that are not as they should be: the rest is cut, and they are told."""

import json
from base64 import b64encode
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from commands.forget.journal import Journal
from commands.forget.lake_folders import Bucket, Scope
from commands.forget.objects import Objects
from commands.forget.person import Person
from tests.commands.memory_s3 import MemoryS3

ANN = 'änn"'


def failed(raw: str) -> bytes:
    return json.dumps({"rawData": b64encode(raw.encode()).decode()}).encode()


def record(user_id: str) -> str:
    document = {"application": {"app_id": "app"}, "endpoint": {"user": {"userid": user_id}}}
    return json.dumps(document)


def removed(s3: MemoryS3, folder: Path) -> dict[str, Any]:
    with closing(Journal(None)) as journal:
        objects = Objects(Bucket(s3, "lake"), Person(user_id=ANN), Scope(), journal, folder)
        with closing(objects):
            list(objects.remove(dry_run=False))
        return {entry["key"]: entry for entry in journal.entries()}


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        (failed(record(ANN)[:-1]), True),
        (failed(record("bob")[:-1]), False),
        (failed('{"Note": "for \u00e4nn\\""'), True),
        (failed(record(ANN) + " " * 9)[:-5], True),
        (json.dumps({"Note": ANN}).encode(), True),
        (b"\xff\xfe", False),
    ],
)
def test_a_line_that_cannot_be_read_keeps_no_other(
    line: bytes, tmp_path: Path, *, is_told: bool
) -> None:
    s3 = MemoryS3("")
    s3.put("errors/e", b"\n".join([line, failed(record(ANN)), failed(record("bob"))]) + b"\n")
    entry = removed(s3, tmp_path)["errors/e"]
    assert (entry["removed"], "problem" in entry) == (1, is_told)
    [(_, kept)] = s3.versions[entry["new"]]
    assert kept.splitlines() == [line, failed(record("bob"))]


def test_why_a_file_could_not_be_searched_is_a_sentence(tmp_path: Path) -> None:
    s3 = MemoryS3("")
    s3.put("rejected/x.parquet", b"PAR1 nothing PAR1")
    [entry] = removed(s3, tmp_path).values()
    assert entry["problem"] == "it is no Parquet file of the lake's columns"
    assert s3.versions.keys() == {"rejected/x.parquet"}
