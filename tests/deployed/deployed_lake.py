"""The stack deployed with destination `lake`: called like any gateway, read with SQL."""

import base64
import json
from typing import Any

from tests.deployed.athena import Athena, Row
from tests.deployed.aws_faults import Faults
from tests.deployed.deployed_gateway import Gateway
from tests.deployed.deployment import Deployment


class Lake(Gateway):
    """A deployed gateway and the lake behind it."""

    def __init__(self, deployment: Deployment) -> None:
        super().__init__(deployment)
        outputs, self.emulator = deployment.outputs, deployment.emulator
        self.faults = Faults(self.emulator)
        self.bucket = outputs["LakeBucket"]
        self.athena = Athena(
            self.emulator, workgroup=outputs["LakeWorkGroup"], database=outputs["LakeDatabase"]
        )

    def events(self, endpoint_id: str, columns: str, table: str = "events") -> dict[str, Row]:
        """These columns of an endpoint's events, by event id; each is there once."""
        rows = self.rows(endpoint_id, columns, table)
        found = {row["event_id"] or "": row for row in rows}
        assert len(found) == len(rows), "an event is there twice"
        return found

    def rows(self, endpoint_id: str, columns: str, table: str = "events") -> list[Row]:
        """These columns and the event id of all rows of an endpoint."""
        quoted = endpoint_id.replace("'", "''")
        return self.athena.query(
            f"SELECT event_id, {columns} FROM {table} WHERE client.client_id = '{quoted}'"
        )

    def stored(self, endpoint_id: str) -> dict[str, int]:
        """How often each event of an endpoint lies in the raw table."""
        ids = [row["event_id"] or "" for row in self.rows(endpoint_id, "day", "raw_events")]
        return {event_id: ids.count(event_id) for event_id in ids}

    def errors(self) -> list[Any]:
        """What Firehose could not convert, as the documents that it was given."""
        s3 = self.emulator.client("s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix="errors/")
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        bodies = [s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in keys]
        return [base64.b64decode(json.loads(body)["rawData"]) for body in bodies]
