"""The deploy settings of destination `stream`: which stream, and how long it keeps records."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from infra.settings.setting_types import OPTIONAL, Group

# What Kinesis keeps without a price of its own, and the most.
LEAST_HOURS, MOST_HOURS = 24, 8760

_StreamArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[A-Za-z0-9_.-]{1,128}$",
    ),
]


class StreamSettings(Group):
    """The event stream."""

    existing_event_stream: Annotated[_StreamArn | None, OPTIONAL] = Field(
        None,
        title="uses your stream",
        description="the ARN of a Kinesis data stream in the stack's region, with destination "
        "stream; or nothing for a new one, on demand",
    )
    event_stream_hours: int = Field(
        LEAST_HOURS,
        ge=LEAST_HOURS,
        le=MOST_HOURS,
        title="how long the stack's stream keeps records",
        description=f"hours, {LEAST_HOURS} to {MOST_HOURS}, and {LEAST_HOURS} with "
        f"existingEventStream, which is not the stack's; more than {LEAST_HOURS} cost by the GB",
    )

    @model_validator(mode="after")
    def _check_stream(self) -> Self:
        # An existing stream is its owner's: the stack would change nothing of it.
        if self.existing_event_stream and self.event_stream_hours != LEAST_HOURS:
            raise ValueError("eventStreamHours")
        return self
