"""The deploy settings of destination `lake`: how events are written, kept and read."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from infra.names import PRINCIPAL
from infra.settings.bucket_name import bucket_name
from infra.settings.setting_types import DISTINCT, LISTED, OPTIONAL, Group, Switch

# Each is five resources, of which a stack has 500.
MAX_READERS = 10

_BucketName = Annotated[str, AfterValidator(bucket_name)]
_Principal = Annotated[str, Field(pattern=PRINCIPAL)]


class LakeSettings(Group):
    """The lake's events."""

    lake_buffer_seconds: int = Field(
        300,
        ge=0,
        le=900,
        title="how long Firehose collects events before it writes a file",
        description="seconds, 0 to 900; fewer make more and smaller files",
    )
    event_retention_days: int = Field(
        0,
        ge=0,
        le=36_500,
        title="deletes old events",
        description="days, 1 to 36500, or 0 to keep events for ever",
    )
    query_limit_gb: int = Field(
        100,
        ge=1,
        le=7_000_000,
        title="the most that one Athena query may read",
        description="GB, 1 to 7000000",
    )
    existing_lake_bucket: Annotated[_BucketName | None, OPTIONAL] = Field(
        None,
        title="goes on with the bucket of an earlier deployment",
        description="the name of a bucket that an earlier lake left, or nothing for a new one. "
        "Its lifecycle and versioning do not change, so eventRetentionDays and "
        "lakeVersioning must be 0 with it",
    )
    lake_versioning: int = Field(
        0,
        ge=0,
        le=36_500,
        title="keeps deleted files, so that you can restore them",
        description="days, 1 to 36500, or 0 for no versioning",
    )
    lake_formation: Switch = Field(
        False,
        title="grants Firehose and the readers access through Lake Formation",
        description="false, or true if Lake Formation governs the account's Glue catalog",
    )
    lake_readers: Annotated[tuple[_Principal, ...], LISTED, DISTINCT] = Field(
        (),
        max_length=MAX_READERS,
        title="who may query the lake's tables",
        description=f"at most {MAX_READERS} ARNs of IAM roles and users (a,b or a JSON list), "
        "with lakeFormation=true; or nothing",
    )

    @model_validator(mode="after")
    def _check_lake(self) -> Self:
        if self.existing_lake_bucket and (self.event_retention_days or self.lake_versioning):
            raise ValueError("existingLakeBucket")
        if self.lake_readers and not self.lake_formation:
            raise ValueError("lakeReaders")
        return self
