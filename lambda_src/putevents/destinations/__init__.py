"""Where events go: the protocols of destinations, and the choice of them by name."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from putevents.errors import SettingsError
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival, Arrivals
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.schemas import EndpointResponse, ItemResponse, ValidBatch


class Destination(Protocol):
    """Takes valid parts and answers for each in the words of an EventsResponse."""

    # Whether it wants endpoints themselves. To one that does not only events are delivered, each
    # batch with the endpoint as it was when they came in (`stored`), and nothing as its `endpoint`.
    takes_endpoints: bool

    def deliver(
        self,
        application_id: str,
        batch_item: dict[str, ValidBatch],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> Mapping[str, ItemResponse]:
        """Deliver; an id that is missing from the answer, or has 429 or 5xx, was not delivered.

        `arrivals` says when each endpoint's batch came in. Nothing is raised for a failure outside.
        Asks `time_left` before each call outside but the first; no call may take longer than
        `DELIVERY_SECONDS`.
        """
        ...


@runtime_checkable
class Choosing(Protocol):
    """A destination, not the first, that takes some event types only."""

    # What has another type is not delivered to it, nor does it wait for it; None takes all.
    event_types: frozenset[str] | None


class Home(Destination, Protocol):
    """The first destination: it holds the endpoints, and keeps what was rejected."""

    keeps_rejected: bool  # whether there is a place for what broke a rule
    # Whether its answers tell each endpoint as it is stored by then (StoredItemResponse).
    tells_endpoints: bool

    def keep_rejected(
        self,
        application_id: str,
        rejected: list[RejectedPart],
        arrival: Arrival,
        time_left: TimeLeft,
    ) -> bool:
        """Keep what broke a rule where its sender's team finds it; return whether all is kept."""
        ...

    def forgotten(
        self,
        application_id: str,
        waiting: Mapping[str, EndpointResponse],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> set[str]:
        """Return which endpoints were forgotten, or their users, since what waits of them came.

        `waiting` has the endpoints as they were then. Raises DestinationError if that is unknown.
        """
        ...

    def get_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """Return the endpoint as it is stored. Like the next three, may raise DestinationError."""
        ...

    def delete_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """Delete an endpoint; return what it was."""
        ...

    def get_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """Return the endpoints of a user."""
        ...

    def delete_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """Delete the endpoints of a user; return what they were."""
        ...


def load_home(name: str) -> Home:
    """Return the first destination of the settings; no other destination's code is imported."""
    match name:
        case "lake":
            from putevents.destinations.lake.destination import LakeDestination

            return LakeDestination()
        case "pinpoint":
            from putevents.destinations.pinpoint import PinpointDestination

            return PinpointDestination()
        case _:
            raise SettingsError("Wrong environment: DESTINATION: `local` is for `make run` only")


def load_destination(name: str) -> Destination:
    """Return a destination that may be any but the first, likewise."""
    match name:
        case "stream":
            from putevents.destinations.stream import StreamDestination

            return StreamDestination()
        case "bus":
            from putevents.destinations.bus import BusDestination

            return BusDestination()
        case _:
            return load_home(name)
