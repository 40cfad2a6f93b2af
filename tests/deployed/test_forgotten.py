"""`forget` on a deployed lake: the person is nowhere, and everybody else as before."""

import json
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.deployed.bodies import EVENT, message, request
from tests.deployed.conftest import OTHER
from tests.deployed.deployed_gateway import APPLICATION
from tests.deployed.deployed_lake import Lake
from tests.deployed.emulator import ROOT
from tests.deployed.eventually import eventually
from tests.deployed.killing_proxy import AFTER, BEFORE, KillingProxy, Match

SECONDS = 120
# `python -m commands`, whose next run waits 5 seconds for what a killed one has received, not 30.
HIDING_SHORTLY = """
from commands.__main__ import main
from commands.forget import forget_lake, waiting_messages

assert waiting_messages.HIDE_SECONDS == forget_lake.HIDE_SECONDS
waiting_messages.HIDE_SECONDS = forget_lake.HIDE_SECONDS = 5
main()
"""
STOPPED_AT: list[tuple[str, Match]] = [
    (BEFORE, lambda method, path, target: target.endswith(".PutItem")),
    (AFTER, lambda method, path, target: target.endswith(".PutItem")),
    (AFTER, lambda method, path, target: target.endswith(".SendMessage")),
    (AFTER, lambda method, path, target: method == "PUT" and "/without-" in path),
    (AFTER, lambda method, path, target: method == "DELETE" and "/events/" in path),
]
ANN, BOB = "Ann's, \"née\" O'Hara", "bob"


def user(user_id: str) -> dict[str, Any]:
    return {"User": {"UserId": user_id, "UserAttributes": {"plan": ["pro"]}}}


def two(mine: str, other: str, event_id: str) -> dict[str, Any]:
    """A request with an event of each, a good one and one that is rejected."""
    events = {event_id: EVENT, f"bad-{event_id}": {"EventType": "no time"}}
    return {
        "BatchItem": {
            mine: {"Endpoint": user(ANN), "Events": events},
            other: {"Endpoint": user(BOB), "Events": events},
        }
    }


@pytest.fixture(name="lake")
def _lake(deployed_lake: Lake) -> Iterator[Lake]:
    """The lake with Ann and Bob in all of its places; what others do not expect goes afterwards."""
    lake = deployed_lake
    for number in range(3):
        lake.put_events(two("Forget-ann", "forget-bob", f"old-{number}"))
    s3 = lake.emulator.client("s3")
    s3.put_bucket_versioning(Bucket=lake.bucket, VersioningConfiguration={"Status": "Enabled"})
    for number in range(3):
        lake.put_events(two("Forget-ann", "forget-bob", f"new-{number}"))
    lake.put_events(request("forget-tablet", {"1": EVENT}, user(ANN)), OTHER)
    lake.put_events(request("forget-tablet", {"2": EVENT}, user(BOB)), OTHER)  # Bob's by now
    bodies = [two("forget-ann", "forget-bob", "dead"), request("forget-ann", {"x": EVENT})]
    for body in bodies:
        lake.sqs.send_message(
            QueueUrl=lake.dead_letter_queue, MessageBody=message(APPLICATION, body)
        )
    # What producers get wrong most: no application. Ann's name is escaped in it.
    for body in ({"EventsRequest": request("forget-ann", {"x": EVENT}, user(ANN))},
                 request("forget-nobodys", {"x": EVENT}, user(ANN))):  # fmt: skip
        lake.sqs.send_message(QueueUrl=lake.dead_letter_queue, MessageBody=json.dumps(body))
    records = [
        {"application": {"app_id": APPLICATION}, "client": {"client_id": id_}, "event_id": "failed",
         "endpoint": {"user": {"userid": user_id}}}
        for id_, user_id in (("Forget-ann", ANN), ("forget-bob", BOB))
    ]  # fmt: skip
    raw = b64encode("\n".join(map(json.dumps, records)).encode()).decode()
    day = "day=2026-11-25"
    for key, text in {
        f"errors/format-conversion-failed/events/application_id={APPLICATION}/{day}/x": json.dumps(
            {"errorCode": "x", "rawData": raw}
        ),
        "athena-results/ann.csv": f'"userid"\n"{ANN.replace(chr(34), chr(34) * 2)}"\n',
        "athena-results/bob.csv": '"userid"\n"bob"\n',
    }.items():
        s3.put_object(Bucket=lake.bucket, Key=key, Body=text.encode())
    yield lake
    lake.sqs.purge_queue(QueueUrl=lake.dead_letter_queue)
    s3.put_bucket_versioning(Bucket=lake.bucket, VersioningConfiguration={"Status": "Suspended"})


def objects(lake: Lake) -> dict[str, bytes]:
    """Every version of every object that is in the bucket."""
    s3 = lake.emulator.client("s3")
    found = {}
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=lake.bucket):
        for item in page.get("Versions", []):
            version = {"VersionId": item["VersionId"]}
            body = s3.get_object(Bucket=lake.bucket, Key=item["Key"], **version)["Body"].read()
            found[f"{item['Key']}?{item['VersionId']}"] = body
    return found


def rows(found: dict[str, bytes], folder: Path) -> Counter[str]:
    """The rows of the Parquet objects: the folder and the types of each, and its values."""
    told: Counter[str] = Counter()
    for key, body in found.items():
        if key.startswith(("events/", "rejected/")):
            path = folder / "object"
            path.write_bytes(body)
            with duckdb.connect() as connection:
                cursor = connection.execute(
                    f"FROM read_parquet('{path}', hive_partitioning = false)"
                )
                types = str([(c[0], str(c[1])) for c in cursor.description or ()])
                told.update(f"{key.rpartition('/')[0]} {types} {row}" for row in cursor.fetchall())
    return told


def is_anns(row: str) -> bool:
    return json.dumps(ANN) in row or repr(ANN) in row or "orget-ann" in row


def forget(lake: Lake, folder: Path, url: str, *options: str) -> "subprocess.Popen[str]":
    environment = {**lake.emulator.environment(), "AWS_ENDPOINT_URL": url}
    environment |= {"PATH": os.environ["PATH"], "AWS_ENDPOINT_URL_SQS": url}
    environment["PYTHONPATH"] = f"{ROOT / 'lambda_src'}:{ROOT}"
    words = ["forget", "--yes", "--user", ANN, f"--stack={lake.deployment.stack}", *options]
    command = [sys.executable, "-c", HIDING_SHORTLY, *words]
    pipes: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, cwd=folder, env=environment, text=True, **pipes)


def finished(process: "subprocess.Popen[str]") -> int:
    process.communicate(timeout=SECONDS)
    return process.returncode


def test_a_person_is_nowhere_and_everybody_else_is_as_before_whenever_it_was_killed(
    lake: Lake, tmp_path: Path
) -> None:
    before = rows(objects(lake), tmp_path)
    assert sum(map(is_anns, before)) >= 6
    receipt, tried = tmp_path / "receipt.json", tmp_path / "would.json"

    assert (
        finished(forget(lake, tmp_path, lake.emulator.url, "--dry-run", f"--receipt={tried}")) == 0
    )
    would = json.loads(tried.read_text())
    assert rows(objects(lake), tmp_path) == before
    assert would["removed"]["parquet"] == 13  # six events, as many rejected ones, the tablet's
    assert lake.events("Forget-ann", "day").keys() == {
        f"{w}-{n}" for w in ("old", "new") for n in range(3)
    }

    arrived = str(time.time_ns() // 1_000_000)
    for when, match in STOPPED_AT:
        proxy = KillingProxy(lake.emulator.port, when, match)
        proxy.process = forget(lake, tmp_path, proxy.url, f"--receipt={receipt}")
        assert finished(proxy.process) == -9
        proxy.stop()
        # However far it came, a query gives every event of everybody else once.
        assert lake.events("forget-bob", "day").keys() >= {"old-0", "old-2", "new-0", "new-2"}
    assert finished(forget(lake, tmp_path, lake.emulator.url, f"--receipt={receipt}")) == 0

    found = objects(lake)
    assert not [
        key for key, body in found.items() if b"O'Hara" in body or b"forget-ann" in body.lower()
    ]
    after = rows(found, tmp_path)
    assert +(before - after) == Counter({row: n for row, n in before.items() if is_anns(row)})
    assert +(after - before) == Counter()
    told = json.loads(receipt.read_text())
    assert "O'Hara" not in receipt.read_text()
    for kind in ("parquet", "failed", "result"):
        assert told["removed"][kind] == would["removed"][kind]
    assert told["objects"]
    stays = [item["what"] for item in told["not_removed"]]
    assert {"events in Firehose's buffer", "tombstones in the endpoint table"} <= set(stays)
    assert not list(tmp_path.glob("*.journal"))
    # Queues, table, views.
    letters = [json.loads(letter["Body"]) for letter in lake.dead_letters()]
    assert {id_ for body in letters for id_ in body["EventsRequest"]["BatchItem"]} == {"forget-bob"}
    # A message that has waited all the time, of a device that nobody has seen before.
    late = {
        **request("forget-late", {"late": EVENT}, user(ANN))["BatchItem"],
        **request("forget-bob", {"late": EVENT})["BatchItem"],
    }
    lake.sqs.send_message(
        QueueUrl=lake.queue,
        MessageBody=message(APPLICATION, {"BatchItem": late}),
        MessageAttributes={"ArrivalTimestamp": {"DataType": "Number", "StringValue": arrived}},
    )
    eventually(lambda: "late" in lake.events("forget-bob", "day"))
    dynamodb = lake.emulator.client("dynamodb")
    table = lake.deployment.outputs["EndpointTable"]
    items = [
        i for p in dynamodb.get_paginator("scan").paginate(TableName=table) for i in p["Items"]
    ]
    left = [item for item in items if "O'Hara" in json.dumps(item, default=str)]
    assert [item.keys() for item in left] == [
        {"endpoint_id", "application_id", "latest", "deleted", "forgotten", "expires"}
    ] * 2
    for view in ("events", "recent_events", "pinpoint_events"):
        sql = f"SELECT count(*) AS n FROM {view} WHERE endpoint.\"user\".userid LIKE 'Ann%'"
        assert lake.athena.query(sql) == [{"n": "0"}]
    assert lake.rows("forget-late", "day", "raw_events") == []
    assert lake.call(f"/v1/apps/{APPLICATION}/endpoints/forget-ann", method="GET").status == 404
    assert lake.call(f"/v1/apps/{APPLICATION}/endpoints/forget-bob", method="GET").status == 200
    s3 = lake.emulator.client("s3")
    names = [o["Key"] for o in s3.list_objects_v2(Bucket=lake.bucket, Prefix="errors/")["Contents"]]
    for name in names:  # the other tests of the lake find no error
        s3.delete_object(Bucket=lake.bucket, Key=name)
