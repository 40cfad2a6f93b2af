"""The environment variables of both functions as one model, checked at cold start."""

import os
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from putevents.errors import SettingsError

ANY = "*"
_OURS = "Value error, "  # what Pydantic writes before a text of a validator's


def _split(value: object) -> object:
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


def _check_destinations(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names or names[0] not in HOMES:
        raise ValueError("The first should be lake or pinpoint, or local for `make run`")
    if len(set(names)) < len(names):
        raise ValueError("No destination should be named twice")
    if "local" in names[1:]:
        raise ValueError("`local` can only be the first")
    return names


_Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
DestinationName = Literal["lake", "stream", "bus", "pinpoint", "local"]
HOMES = ("lake", "pinpoint", "local")  # those that can be the first


class Environment(BaseModel):
    """Settings that are environment variables, by their names in upper case."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the settings; raises SettingsError with one line that names each wrong variable."""
        given = {
            name: environ[name.upper()] for name in cls.model_fields if name.upper() in environ
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            told = [(str(e["loc"][0]).upper(), e["msg"]) for e in error.errors()]
            wrong = "; ".join(f"{name}: {text.removeprefix(_OURS)}" for name, text in told)
            raise SettingsError(f"Wrong environment: {wrong}") from None


class LakeSettings(Environment):
    """What the destination `lake` must know beside."""

    endpoint_table: Annotated[str, Field(min_length=1)]
    event_stream_prefix: Annotated[str, Field(min_length=1)]  # an application's stream: prefix + id
    rejected_stream: Annotated[str, Field(min_length=1)]


class StreamSettings(Environment):
    """What the destination `stream` must know beside."""

    kinesis_stream_arn: Annotated[str, Field(pattern=r"^arn:aws.*:kinesis:.*:\d{12}:stream/\S+$")]


class BusSettings(Environment):
    """What the destination `bus` must know beside."""

    event_bus_arn: Annotated[str, Field(min_length=1)]  # its name does as well
    bus_event_types: Annotated[_Names, Field(min_length=1)]  # or ANY


class Settings(Environment):
    """What a function must know to start; there is no default that could drop data in silence."""

    # The first is home: it holds the endpoints. The others follow it.
    destination: Annotated[
        tuple[DestinationName, ...], BeforeValidator(_split), AfterValidator(_check_destinations)
    ]
    application_ids: Annotated[_Names, Field(min_length=1)]
    retry_queue_url: Annotated[str, Field(pattern="^https?://")]
    dead_letter_queue_url: Annotated[str, Field(pattern="^https?://")]
    retry_delay_seconds: Annotated[int, Field(ge=0, le=900)] = 30
    cors_origins: _Names
    cors_headers: _Names = ()
    # Whether callers may say when what they pass on came in: they are gateways of one's own.
    trust_arrival: bool = False
    # Whether endpoints can be read and deleted: an app only sends, so without it there is no route.
    endpoint_reads: bool = False
    # Whether an endpoint is its first caller's, and nobody else's.
    bind_endpoints: bool = False

    def serves(self, application_id: str) -> bool:
        """Whether this gateway takes events for the application."""
        return application_id in self.application_ids or ANY in self.application_ids
