"""The home of events as the live page watches it, and as chaos breaks it."""

import threading
from collections.abc import Mapping
from functools import cached_property
from itertools import count

from local.live.broken_server import BrokenServer
from local.live.chaos import Chaos
from local.live.happenings import Happenings
from putevents.destinations import Home
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival, Arrivals
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.schemas import EndpointResponse, ItemResponse, ValidBatch


class WatchedDestination:
    """Passes everything on, but for deliveries while chaos is on."""

    def __init__(self, inner: Home, happenings: Happenings, chaos: Chaos) -> None:
        self._inner, self._happenings, self._chaos = inner, happenings, chaos
        self.takes_endpoints, self.keeps_rejected = inner.takes_endpoints, inner.keeps_rejected
        self.tells_endpoints = inner.tells_endpoints
        self._lock = threading.Lock()
        self._turns = count()

    def deliver(
        self,
        application_id: str,
        batch_item: dict[str, ValidBatch],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> Mapping[str, ItemResponse]:
        """Deliver as the destination does, or as a broken one would."""
        mode = self._chaos.destination
        if mode == "none":
            return self._inner.deliver(application_id, batch_item, arrivals, time_left)
        if mode == "half":
            half = self._half(batch_item)
            return self._inner.deliver(application_id, half, arrivals, time_left)
        with self._lock:
            broken = self._broken
        return broken.deliver(application_id, batch_item, arrivals, time_left)

    def _half(self, batch_item: dict[str, ValidBatch]) -> dict[str, ValidBatch]:
        """Each endpoint and every other event, so that an event left out is taken later.

        On AWS endpoints go to DynamoDB: a Firehose that fails for some events leaves them alone.
        """
        return {
            id_: batch._replace(events={e: v for e, v in batch.events.items() if self._is_taken()})
            for id_, batch in batch_item.items()
        }

    def _is_taken(self) -> bool:
        return next(self._turns) % 2 == 1

    @cached_property
    def _broken(self) -> Home:
        """The gateway's own client of a PutEvents server, whose calls go to one that is broken.

        So deadlines, second tries and the breaker are those that a deployed gateway has.
        """
        # Imported here: with it come boto3 and half a second.
        from putevents.destinations.pinpoint import PinpointDestination

        server = BrokenServer(self._chaos)
        broken = PinpointDestination()

        def redirect(request: "_Prepared", **_: object) -> None:
            request.url = server.url

        broken._client.meta.events.register("before-send.pinpoint", redirect)
        return broken

    def keep_rejected(
        self,
        application_id: str,
        rejected: list[RejectedPart],
        arrival: Arrival,
        time_left: TimeLeft,
    ) -> bool:
        """Keep what broke a rule, and tell the page."""
        self._happenings.rejected(arrival.request_id, rejected)
        return self._inner.keep_rejected(application_id, rejected, arrival, time_left)

    def forgotten(
        self,
        application_id: str,
        waiting: Mapping[str, EndpointResponse],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> set[str]:
        """Which endpoints were forgotten since then; see Home."""
        return self._inner.forgotten(application_id, waiting, arrivals, time_left)

    def get_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """The endpoint as it is stored, or None."""
        return self._inner.get_endpoint(application_id, endpoint_id)

    def delete_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """Delete an endpoint; what it was, or None."""
        return self._inner.delete_endpoint(application_id, endpoint_id)

    def get_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """The endpoints of a user."""
        return self._inner.get_user_endpoints(application_id, user_id)

    def delete_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """Delete a user and the user's endpoints; what these were."""
        return self._inner.delete_user_endpoints(application_id, user_id)


class _Prepared:
    url: str
