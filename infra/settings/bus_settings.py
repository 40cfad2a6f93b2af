"""The deploy settings of destination `bus`: which event types go to which bus."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from infra.settings.forwarding_settings import ForwardingSettings
from infra.settings.setting_types import DISTINCT, LISTED, OPTIONAL

ANY_TYPE = "*"

_BusArn = r"arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/"
_Bus = Annotated[str, Field(pattern=rf"^({_BusArn})?[A-Za-z0-9_.-]{{1,256}}$")]
# Visible ASCII, with spaces inside, without the comma that the functions' environment separates by.
_EventType = Annotated[str, Field(pattern=r"^[!-+\--~]([ -+\--~]*[!-+\--~])?$")]


class BusSettings(ForwardingSettings):
    """The event bus."""

    bus_event_types: Annotated[tuple[_EventType, ...], LISTED, DISTINCT] = Field(
        (),
        title="the event types that go to the bus",
        description="event types exactly as your apps spell them (a,b or a JSON list; ASCII, "
        "without commas); or * for every event, each of which EventBridge bills. "
        "Destination bus needs it. The types count toward the characters of "
        "applicationIds",
    )
    existing_event_bus: Annotated[_Bus | None, OPTIONAL] = Field(
        None,
        title="uses your bus",
        description="the name or ARN of an EventBridge event bus, such as default, with "
        "destination bus; or nothing for a new one, named like the stack",
    )

    @model_validator(mode="after")
    def _check_bus(self) -> Self:
        types = self.bus_event_types
        if "bus" in self.destination and not types:
            raise ValueError("busEventTypes")
        if ANY_TYPE in types and len(types) > 1:
            raise ValueError("busEventTypes")
        texts = (
            ",".join(self.application_ids),
            self.pinpoint_api_key_secret or "",
            ",".join(types),
        )
        if types and sum(map(len, texts)) > self.room:
            raise ValueError("busEventTypes")
        return self
