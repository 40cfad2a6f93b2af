"""The only folder that knows where events go."""

from importlib import import_module
from typing import Protocol, cast

from putevents.schemas import ItemResponse, ValidBatch
from putevents.settings import Settings

_HOMES = {
    "pinpoint": ("putevents.destinations.pinpoint", "PinpointDestination"),
    "local": ("local.store", "LocalDestination"),  # not in the Lambda package: a laptop's
}


class Destination(Protocol):
    """Takes valid parts and answers for each, in the words of an EventsResponse."""

    def deliver(
        self, application_id: str, batch_item: dict[str, ValidBatch]
    ) -> dict[str, ItemResponse]:
        """Deliver; an id that is missing from the answer, or has 429 or 5xx, was not delivered.

        Nothing is raised for a failure outside.
        """
        ...


def load(settings: Settings) -> Destination:
    """The destination of the settings; no other destination's code is imported."""
    module, name = _HOMES[settings.destination]
    return cast(Destination, getattr(import_module(module), name)())
