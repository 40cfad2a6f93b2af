"""The deploy settings of the endpoint table: whose it is, its limits, its backups."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from infra.settings.setting_types import OPTIONAL, Group, Switch, at_least

# What a new on-demand table takes at once; no less can be asked for.
NEW_TABLE_WRITES, NEW_TABLE_READS = 4_000, 12_000

_TABLE_ARN = r"arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:[0-9]{12}:table/"
_Table = Annotated[str, Field(pattern=rf"^({_TABLE_ARN})?[A-Za-z0-9_.-]{{3,255}}$")]
_MAX_UNITS = (
    "{0} units a second for the table and for each of its indexes, {1} to 1000000, without "
    "existingEndpointTable; or 0 for no limit (AWS keeps one that you set before: "
    "docs/endpoint-table.md)"
)
_WARM_UNITS = (
    "{0} units a second for the table and for each of its indexes, {1} to 1000000, without "
    "existingEndpointTable; or 0 for AWS's own start"
)


class TableSettings(Group):
    """The lake's endpoints."""

    existing_endpoint_table: Annotated[_Table | None, OPTIONAL] = Field(
        None,
        title="goes on with the table of an earlier deployment",
        description="the name or ARN of a gateway's endpoint table in this account and region, "
        "or nothing for a new one",
    )
    table_deletion_protection: Switch = Field(
        False,
        title="protects the endpoint table from being deleted",
        description="false; or true, without existingEndpointTable, to protect it until you "
        "deploy false again",
    )
    table_backup_days: int = Field(
        0,
        ge=0,
        le=36_500,
        title="makes a backup of the endpoint table each night",
        description="days, 1 to 36500, that AWS Backup keeps each backup, or 0 for no backups",
    )
    table_max_writes: int = Field(
        0,
        ge=0,
        le=1_000_000,
        title="limits the cost of writes: docs/endpoint-table.md",
        description=_MAX_UNITS.format("write", "tableWarmWrites"),
    )
    table_max_reads: int = Field(
        0,
        ge=0,
        le=1_000_000,
        title="limits the cost of reads",
        description=_MAX_UNITS.format("read", "tableWarmReads"),
    )
    table_warm_writes: Annotated[int, at_least(NEW_TABLE_WRITES)] = Field(
        0,
        le=1_000_000,
        title="prepares the table for a launch or an import",
        description=_WARM_UNITS.format("write", NEW_TABLE_WRITES),
    )
    table_warm_reads: Annotated[int, at_least(NEW_TABLE_READS)] = Field(
        0,
        le=1_000_000,
        title="the same for reads",
        description=_WARM_UNITS.format("read", NEW_TABLE_READS),
    )

    @model_validator(mode="after")
    def _check_units(self) -> Self:
        for name, largest, warm in (
            ("tableMaxWrites", self.table_max_writes, self.table_warm_writes),
            ("tableMaxReads", self.table_max_reads, self.table_warm_reads),
        ):
            if 0 < largest < warm:
                raise ValueError(name)
        return self

    @model_validator(mode="after")
    def _check_existing_table(self) -> Self:
        new_tables = {
            "tableDeletionProtection": self.table_deletion_protection,
            "tableMaxWrites": self.table_max_writes,
            "tableMaxReads": self.table_max_reads,
            "tableWarmWrites": self.table_warm_writes,
            "tableWarmReads": self.table_warm_reads,
        }
        # An existing table is its owner's: the stack would change nothing of it.
        if self.existing_endpoint_table and any(new_tables.values()):
            raise ValueError(next(name for name, value in new_tables.items() if value))
        return self

    @property
    def table_name(self) -> str | None:
        """The name of the existing endpoint table, or None."""
        table = self.existing_endpoint_table
        return table and table.rpartition("/")[2]
