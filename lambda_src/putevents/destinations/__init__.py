"""The only folder that knows where events go."""

from importlib import import_module
from typing import Protocol, cast

from putevents.settings import Settings
from putevents.wire.arrival import Arrival, Arrivals
from putevents.wire.rules import RejectedPart
from putevents.wire.schemas import (
    EndpointItemResponse,
    EndpointResponse,
    ItemResponse,
    PublicEndpoint,
    ValidBatch,
)

_HOMES = {
    "pinpoint": ("putevents.destinations.pinpoint", "PinpointDestination"),
    "lake": ("putevents.destinations.lake.destination", "LakeDestination"),
    "local": ("local.store", "LocalDestination"),  # not in the Lambda package: a laptop's
}


class DestinationError(Exception):
    """The destination did not do what it was asked; trying again may help."""


class Destination(Protocol):
    """Takes valid parts and answers for each, in the words of an EventsResponse.

    What asks for endpoints raises DestinationError for a failure outside.
    """

    keeps_rejected: bool  # whether there is a place for what broke a rule

    def deliver(
        self, application_id: str, batch_item: dict[str, ValidBatch], arrivals: Arrivals
    ) -> dict[str, ItemResponse]:
        """Deliver; an id that is missing from the answer, or has 429 or 5xx, was not delivered.

        `arrivals` says when each endpoint's batch came in. Nothing is raised for a failure outside.
        It asks `time_left` before each call outside but the first, none of which may take longer
        than its `DELIVERY_SECONDS`.
        """
        ...

    def keep_rejected(
        self, application_id: str, rejected: list[RejectedPart], arrival: Arrival
    ) -> bool:
        """Keep what broke a rule where its sender's team finds it; says whether all is there."""
        ...

    def update_endpoint(
        self, application_id: str, endpoint_id: str, endpoint: PublicEndpoint, arrival: Arrival
    ) -> EndpointItemResponse | None:
        """Create or update one endpoint; None if that failed."""
        ...

    def get_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """The endpoint as it is stored, or None."""
        ...

    def delete_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """Delete an endpoint; what it was, or None."""
        ...

    def get_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """The endpoints of a user."""
        ...

    def delete_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """Delete the endpoints of a user; what they were."""
        ...


def load(settings: Settings) -> Destination:
    """The destination of the settings; no other destination's code is imported."""
    module, name = _HOMES[settings.destination]
    return cast(Destination, getattr(import_module(module), name)())
