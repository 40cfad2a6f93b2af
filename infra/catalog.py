"""The Glue database over the lake's bucket: tables, and views that remove duplicate events."""

import json
from base64 import b64encode
from collections.abc import Sequence

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_glue as glue
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.names import database
from infra.queries import view_sql
from infra.tables import DAY, PARTITIONS, RAW_EVENTS, REJECTED_EVENTS, VIEWS, Column, trino_type

# Athena looks for partitions in this range only; no event arrived before it.
DAYS = "2026-01-01,NOW+1DAYS"
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet"


class Catalog(Construct):
    """Tables with partition projection, so no crawler runs and no partition is ever added."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        bucket: s3.IBucket,
        application_ids: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        self.database = database(name)
        self._database = glue.Database(
            self, "Database", database_name=self.database, removal_policy=RemovalPolicy.DESTROY
        )
        self.all_tables: list[glue.CfnTable] = []
        applications = {
            "projection.application_id.type": "enum",
            "projection.application_id.values": ",".join(application_ids),
        }
        folder = f"s3://{bucket.bucket_name}"
        self.raw_events = self._table(
            "raw_events", RAW_EVENTS, PARTITIONS, f"{folder}/events/", applications
        )
        self.rejected_events = self._table(
            "rejected_events", REJECTED_EVENTS, [DAY], f"{folder}/rejected/", {}
        )
        for view, columns in VIEWS.items():
            self._view(view, view_sql(view), columns)

    def _table(
        self,
        name: str,
        columns: list[Column],
        partitions: list[Column],
        location: str,
        projection: dict[str, str],
    ) -> glue.CfnTable:
        path = "/".join(f"{column.name}=${{{column.name}}}" for column in partitions)
        return self._glue_table(
            name,
            table_type="EXTERNAL_TABLE",
            parameters={
                "classification": "parquet",
                "projection.enabled": "true",
                "projection.day.type": "date",
                "projection.day.format": "yyyy-MM-dd",
                "projection.day.range": DAYS,
                **projection,
                "storage.location.template": f"{location}{path}",
            },
            partition_keys=_columns(partitions),
            storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                columns=_columns(columns),
                location=location,
                input_format=f"{_PARQUET}.MapredParquetInputFormat",
                output_format=f"{_PARQUET}.MapredParquetOutputFormat",
                serde_info=glue.CfnTable.SerdeInfoProperty(
                    serialization_library=f"{_PARQUET}.serde.ParquetHiveSerDe"
                ),
            ),
        )

    def _view(self, name: str, sql: str, columns: Sequence[Column]) -> None:
        """Add a view in the format in which Athena itself stores views in Glue."""
        definition = {
            "originalSql": sql,
            "catalog": "awsdatacatalog",
            "schema": self.database,
            "columns": [{"name": c.name, "type": trino_type(c.type)} for c in columns],
            # Athena's engine 3 cannot read a view without these two.
            "runAsInvoker": False,
            "path": [],
        }
        encoded = b64encode(json.dumps(definition).encode()).decode()
        view = self._glue_table(
            name,
            table_type="VIRTUAL_VIEW",
            parameters={"presto_view": "true", "comment": "Presto View"},
            view_original_text=f"/* Presto View: {encoded} */",
            view_expanded_text="/* Presto View */",
            storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                columns=_columns(columns), location="", serde_info=glue.CfnTable.SerdeInfoProperty()
            ),
        )
        view.node.add_dependency(self.raw_events)

    def _glue_table(self, name: str, **properties: object) -> glue.CfnTable:
        table = glue.CfnTable(
            self,
            "".join(word.title() for word in name.split("_")),
            catalog_id=Aws.ACCOUNT_ID,
            database_name=self.database,
            table_input=glue.CfnTable.TableInputProperty(name=name, **properties),  # type: ignore[arg-type]
        )
        table.node.add_dependency(self._database)
        self.all_tables.append(table)
        return table


def _columns(columns: Sequence[Column]) -> list[glue.CfnTable.ColumnProperty]:
    return [
        # Glue limits a comment to 255 characters.
        glue.CfnTable.ColumnProperty(name=c.name, type=c.type, comment=c.meaning[:255])
        for c in columns
    ]
