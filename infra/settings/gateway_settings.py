"""The deploy settings that every gateway has: destination, applications, name."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from infra.names import (
    DEFAULT_STACK,
    FOLLOWER_CHARACTERS,
    MAX_APPLICATION_CHARACTERS,
    MAX_APPLICATIONS,
    MAX_LAKE_ID_CHARACTERS,
    MAX_STREAM_CHARACTERS,
    MAX_TRACED_CHARACTERS,
    SEGMENT,
    STACK,
    event_stream,
    is_taken,
    room,
)
from infra.settings.setting_types import DISTINCT, LISTED, Group

# The first holds the endpoints, keeps what is rejected and answers reads; the others follow it.
HOMES = ("lake", "pinpoint")
DestinationName = Literal["lake", "stream", "bus", "pinpoint"]
_ApplicationId = Annotated[str, Field(pattern=SEGMENT)]
_StackName = Annotated[str, Field(max_length=128, pattern=STACK)]


class GatewaySettings(Group):
    """Destination, applications and name."""

    # To add a destination: name it above and connect it in stack.py.
    destination: Annotated[tuple[DestinationName, ...], LISTED] = Field(
        ("lake",),
        title="where events go",
        description="lake or pinpoint; after it, for a copy of each event, any of stream, bus "
        "and pinpoint, each once (a,b or a JSON list)",
    )
    application_ids: Annotated[tuple[_ApplicationId, ...], LISTED, DISTINCT] = Field(
        title="the applications that the gateway serves",
        description=f"1 to {MAX_APPLICATIONS} ids (a,b or a JSON list) of letters, digits, '.', "
        "'_' and '-', but not . or ..; together at most "
        f"{MAX_APPLICATION_CHARACTERS} characters, and {FOLLOWER_CHARACTERS} fewer "
        "for each destination after the first; with destination lake at most "
        f"{MAX_LAKE_ID_CHARACTERS} characters each",
    )
    stack_name: _StackName = Field(
        DEFAULT_STACK,
        title="the name of the stack, and of all its parts",
        description="letters and digits with single '-' between them, a letter first, at most "
        f"128 characters; with destination lake at most {MAX_STREAM_CHARACTERS - 1} "
        "together with the longest application id; with tracing=stage at most "
        f"{MAX_TRACED_CHARACTERS}. Not {DEFAULT_STACK} in other capitals, nor a name "
        "that AWS uses (primary, default, information-schema, CDKToolkit)",
    )

    @model_validator(mode="after")
    def _check_destination(self) -> Self:
        given = self.destination
        followers_are_known = "lake" not in given[1:] and len(set(given)) == len(given)
        if not given or given[0] not in HOMES or not followers_are_known:
            raise ValueError("destination")
        return self

    @property
    def room(self) -> int:
        """How many characters of the environment application ids and other lists may take."""
        return room(len(self.destination))

    @property
    def home(self) -> str:
        """The destination that holds the endpoints."""
        return self.destination[0]

    @model_validator(mode="after")
    def _check_applications(self) -> Self:
        ids, characters = self.application_ids, len(",".join(self.application_ids))
        if not 0 < len(ids) <= MAX_APPLICATIONS or characters > self.room:
            raise ValueError("applicationIds")
        if "lake" in self.destination and max(map(len, ids)) > MAX_LAKE_ID_CHARACTERS:
            raise ValueError("applicationIds")
        return self

    @model_validator(mode="after")
    def _check_name(self) -> Self:
        if is_taken(self.stack_name):
            raise ValueError("stackName")
        longest = max(self.application_ids, key=len)
        name = event_stream(self.stack_name, longest)
        if "lake" in self.destination and len(name) > MAX_STREAM_CHARACTERS:
            raise ValueError("stackName")
        return self
