"""The deploy settings of what happens to the stack's resources when it is deleted."""

from typing import Literal

from pydantic import Field

from infra.settings.setting_types import Group, Switch


class RemovalSettings(Group):
    """The stack's end."""

    removal_policy: Literal["destroy", "retain"] = Field(
        "destroy",
        description="destroy or retain (of queues, event stream, event bus and logs when the stack "
        "is deleted; the lake's data is always kept)",
    )
    termination_protection: Switch = Field(
        False, description="false, or true: the stack cannot be deleted until it is false again"
    )
