"""A lake made by hand in an emulated AWS, for tests of the emulator itself: no deploy is needed."""

import base64
import json
import secrets
from typing import Any

from infra.tables import PARTITIONS, RAW_EVENTS, Column
from tests.deployed.athena import Athena
from tests.deployed.aws_faults import Faults
from tests.deployed.emulator import ACCOUNT, REGION, Emulator

APPLICATIONS = ("shop", "game")
_EXTRACT = "{application_id: .application.app_id}"
_PREFIX = (
    "events/application_id=!{partitionKeyFromQuery:application_id}/day=!{timestamp:yyyy-MM-dd}/"
)


class HandmadeLake:
    """A bucket, a stream into it, its table, and a workgroup."""

    def __init__(self, emulator: Emulator) -> None:
        self.name = f"lake-{secrets.token_hex(3)}"
        self.faults = Faults(emulator)
        self.s3 = emulator.client("s3")
        self.glue = emulator.client("glue")
        self.firehose = emulator.client("firehose")
        self.athena = Athena(emulator, workgroup=self.name, database=self.name)
        self.s3.create_bucket(Bucket=self.name)
        self.glue.create_database(DatabaseInput={"Name": self.name})
        self.create_table("raw_events", RAW_EVENTS, "events")
        self._create_workgroup()
        self._create_stream()

    def create_table(self, name: str, columns: list[Column], folder: str) -> None:
        """A table over Parquet files, its partitions projected."""
        projection = {
            "projection.enabled": "true",
            "projection.application_id.type": "enum",
            "projection.application_id.values": ",".join(APPLICATIONS),
            "projection.day.type": "date",
            "projection.day.format": "yyyy-MM-dd",
            "projection.day.range": "2026-01-01,NOW",
        }
        table = {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"classification": "parquet", **projection},
            "PartitionKeys": [{"Name": c.name, "Type": c.type} for c in PARTITIONS],
            "StorageDescriptor": {
                "Location": f"s3://{self.name}/{folder}/",
                "Columns": [{"Name": c.name, "Type": c.type} for c in columns],
            },
        }
        self.glue.create_table(DatabaseName=self.name, TableInput=table)

    def create_view(self, name: str, sql: str, columns: dict[str, str]) -> None:
        """A view as Athena keeps it in the catalog."""
        listed = [{"name": column, "type": kind} for column, kind in columns.items()]
        view = {
            "originalSql": sql,
            "catalog": "awsdatacatalog",
            "schema": self.name,
            "columns": listed,
            "runAsInvoker": False,
            "path": [],
        }
        text = base64.b64encode(json.dumps(view).encode()).decode()
        table = {
            "Name": name,
            "TableType": "VIRTUAL_VIEW",
            "Parameters": {"presto_view": "true"},
            "ViewOriginalText": f"/* Presto View: {text} */",
            "StorageDescriptor": {"Columns": [{"Name": n, "Type": t} for n, t in columns.items()]},
        }
        self.glue.create_table(DatabaseName=self.name, TableInput=table)

    def put(self, *records: bytes) -> dict[str, Any]:
        """PutRecordBatch; its answer."""
        answer: dict[str, Any] = self.firehose.put_record_batch(
            DeliveryStreamName=self.name, Records=[{"Data": record} for record in records]
        )
        return answer

    def rejects(self) -> list[dict[str, Any]]:
        """What lies under the error prefix: the reason and the record as it came."""
        listed = self.s3.list_objects_v2(Bucket=self.name, Prefix="errors/").get("Contents", [])
        bodies = [self.s3.get_object(Bucket=self.name, Key=o["Key"])["Body"].read() for o in listed]
        found = [json.loads(body) for body in bodies]
        return [{**error, "rawData": base64.b64decode(error["rawData"])} for error in found]

    def _create_workgroup(self) -> None:
        results = {"OutputLocation": f"s3://{self.name}/results/"}
        self.athena.client.create_work_group(
            Name=self.name, Configuration={"ResultConfiguration": results}
        )

    def _create_stream(self) -> None:
        role = f"arn:aws:iam::{ACCOUNT}:role/firehose"
        extraction = {
            "MetadataExtractionQuery": _EXTRACT,
            "JsonParsingEngine": "JQ-1.6",
        }
        processors = [
            _processor("RecordDeAggregation", {"SubRecordType": "JSON"}),
            _processor("MetadataExtraction", extraction),
        ]
        self.firehose.create_delivery_stream(
            DeliveryStreamName=self.name,
            ExtendedS3DestinationConfiguration={
                "RoleARN": role,
                "BucketARN": f"arn:aws:s3:::{self.name}",
                "Prefix": _PREFIX,
                "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
                "DynamicPartitioningConfiguration": {"Enabled": True},
                "ProcessingConfiguration": {"Enabled": True, "Processors": processors},
                "DataFormatConversionConfiguration": {
                    "Enabled": True,
                    "InputFormatConfiguration": {
                        "Deserializer": {"OpenXJsonSerDe": {"CaseInsensitive": False}}
                    },
                    "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {}}},
                    "SchemaConfiguration": {
                        "RoleARN": role,
                        "DatabaseName": self.name,
                        "TableName": "raw_events",
                        "Region": REGION,
                    },
                },
            },
        )


def _processor(kind: str, parameters: dict[str, str]) -> dict[str, Any]:
    given = [{"ParameterName": n, "ParameterValue": v} for n, v in parameters.items()]
    return {"Type": kind, "Parameters": given}
