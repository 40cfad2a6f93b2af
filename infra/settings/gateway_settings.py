"""The deploy settings that every gateway has: destination, applications, name."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from infra.names import (
    DEFAULT_STACK,
    MAX_STREAM_CHARACTERS,
    MAX_TRACED_CHARACTERS,
    SEGMENT,
    STACK,
    event_stream,
    is_taken,
)
from infra.settings.setting_types import DISTINCT, LISTED, Group

# Limits of AWS: a function has 4 KB of environment variables, a role 10 KB of policy.
MAX_APPLICATIONS = 75
MAX_APPLICATION_CHARACTERS = 2500
# A delivery stream is named after the stack and the application: see infra.names.
MAX_LAKE_ID_CHARACTERS = 40

_ApplicationId = Annotated[str, Field(pattern=SEGMENT)]
_StackName = Annotated[str, Field(max_length=128, pattern=STACK)]


class GatewaySettings(Group):
    """What every gateway has."""

    # To add a destination: name it here and connect it in stack.py.
    destination: Literal["lake", "pinpoint"] = Field("lake", description="lake or pinpoint")
    application_ids: Annotated[tuple[_ApplicationId, ...], LISTED, DISTINCT] = Field(
        description=f"1 to {MAX_APPLICATIONS} ids of letters, digits, '.', '_' and '-', not . or "
        f".. (a,b or a JSON list), together at most {MAX_APPLICATION_CHARACTERS} characters, for "
        f"destination lake at most {MAX_LAKE_ID_CHARACTERS} each",
    )
    stack_name: _StackName = Field(
        DEFAULT_STACK,
        description="letters and digits in words joined by '-', beginning with a letter, at most "
        f"128 characters, not {DEFAULT_STACK} in other capitals, nor primary, default, "
        "information-schema or CDKToolkit, which AWS has; for destination lake at most "
        f"{MAX_STREAM_CHARACTERS - 1} together with the longest application id; with tracing=stage "
        f"at most {MAX_TRACED_CHARACTERS}",
    )

    @model_validator(mode="after")
    def _check_applications(self) -> Self:
        ids, characters = self.application_ids, len(",".join(self.application_ids))
        if not 0 < len(ids) <= MAX_APPLICATIONS or characters > MAX_APPLICATION_CHARACTERS:
            raise ValueError("applicationIds")
        if self.destination == "lake" and max(map(len, ids)) > MAX_LAKE_ID_CHARACTERS:
            raise ValueError("applicationIds")
        return self

    @model_validator(mode="after")
    def _check_name(self) -> Self:
        if is_taken(self.stack_name):
            raise ValueError("stackName")
        longest = max(self.application_ids, key=len)
        name = event_stream(self.stack_name, longest)
        if self.destination == "lake" and len(name) > MAX_STREAM_CHARACTERS:
            raise ValueError("stackName")
        return self
