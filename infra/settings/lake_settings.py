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
        description="seconds, 0 to 900, that events wait to be written together; fewer make more "
        "and smaller files",
    )
    event_retention_days: int = Field(
        0, ge=0, le=36_500, description="days until the lake deletes events, or 0 for never"
    )
    query_limit_gb: int = Field(
        100, ge=1, le=7_000_000, description="GB that one query may read, 1 to 7000000"
    )
    existing_lake_bucket: Annotated[_BucketName | None, OPTIONAL] = Field(
        None,
        description="the name of a bucket that a lake of an earlier deployment left, or nothing "
        "for a new one; its lifecycle and versioning stay as they are, so eventRetentionDays and "
        "lakeVersioning must be 0 with it",
    )
    lake_versioning: int = Field(
        0,
        ge=0,
        le=36_500,
        description="days that S3 keeps deleted files of the lake to bring them back, or 0 for "
        "no versioning",
    )
    lake_formation: Switch = Field(
        False,
        description="false, or true if Lake Formation governs the account's Glue catalog",
    )
    lake_readers: Annotated[tuple[_Principal, ...], LISTED, DISTINCT] = Field(
        (),
        max_length=MAX_READERS,
        description=f"at most {MAX_READERS} ARNs of IAM roles and users to whom lakeFormation=true "
        "grants the lake's tables (a,b or a JSON list), or nothing",
    )

    @model_validator(mode="after")
    def _check_lake(self) -> Self:
        if self.existing_lake_bucket and (self.event_retention_days or self.lake_versioning):
            raise ValueError("existingLakeBucket")
        if self.lake_readers and not self.lake_formation:
            raise ValueError("lakeReaders")
        return self
