"""The deploy settings of what happens to the stack's resources when it is deleted."""

from typing import Literal

from pydantic import Field

from infra.settings.setting_types import Group, Switch


class RemovalSettings(Group):
    """Removing the stack."""

    removal_policy: Literal["destroy", "retain"] = Field(
        "destroy",
        title="what happens to queues and logs when you delete the stack",
        description="destroy; or retain, which keeps queues, event stream, event bus and logs "
        "(the lake's data is always kept)",
    )
    termination_protection: Switch = Field(
        False,
        title="protects the stack from being deleted",
        description="false, or true to protect it until you deploy false again",
    )
