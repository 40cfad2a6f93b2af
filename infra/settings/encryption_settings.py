"""The deploy setting of whose key encrypts what is stored."""

from typing import Literal

from pydantic import Field

from infra.settings.setting_types import Group


class EncryptionSettings(Group):
    """Encryption at rest."""

    encryption: Literal["aws-managed", "customer"] = Field(
        "aws-managed",
        title="the key that encrypts stored data",
        description="aws-managed; or customer for a KMS key of the stack's own, which costs by "
        "the month and by the call. It encrypts queues, endpoint table, bucket, "
        "query results, event stream, event bus, logs and topic",
    )
