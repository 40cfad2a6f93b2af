"""Late updates of endpoints, and a server that lets whatever comes last overwrite the rest.

An update that waited on the queue may be older than what the server has by now. One process cannot
know what the others forwarded, so the server is asked. A gateway that goes by the times in
`wire.forwarded` orders late updates itself, member by member, and is not asked.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from putevents.destinations.call_failure import kind_of, status_of
from putevents.observability import logger
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrivals
from putevents.wire.forwarded import KEEPS_ARRIVALS
from putevents.wire.schemas import PublicEndpoint, ValidBatch
from putevents.wire.timestamps import milliseconds

if TYPE_CHECKING:
    from mypy_boto3_pinpoint import PinpointClient

# Longer than a cold start, shorter than what a retry usually waits.
LATE_SECONDS = 10


class LateEndpoints:
    """Finds updates that are older than what a server has."""

    def __init__(self, client: "PinpointClient") -> None:
        self._client = client
        self._server_orders = False

    def note(self, response: Any) -> None:
        """Note from any answer of the server whether it orders updates itself."""
        self._server_orders = KEEPS_ARRIVALS in response["ResponseMetadata"]["HTTPHeaders"]

    def among(
        self, batch_item: Mapping[str, ValidBatch], arrivals: Arrivals
    ) -> dict[str, PublicEndpoint]:
        """Return the late updates that the server must be asked about."""
        if self._server_orders:
            return {}
        return {
            endpoint_id: batch.endpoint
            for endpoint_id, batch in batch_item.items()
            if batch.endpoint
            and batch.endpoint.model_fields_set
            and arrivals[endpoint_id].age_seconds > LATE_SECONDS
        }

    def superseded(
        self,
        application_id: str,
        late: Mapping[str, PublicEndpoint],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> set[str]:
        """Ask about late updates; return the ids of those of which the server has a newer one.

        Where it does not answer, or time is short, nothing is known of the rest.
        """
        found: set[str] = set()
        for endpoint_id, endpoint in late.items():
            if self._server_orders or not time_left.is_enough_to_deliver():
                break
            ids = {"ApplicationId": application_id, "EndpointId": endpoint_id}
            try:
                has = _moment(self._get(**ids).get("EffectiveDate"))
            except Exception as error:
                if (status_of(error) or 500) < 429:
                    continue  # the server has none, or does not tell
                logger.warning("get_endpoint failed", error=kind_of(error))
                break
            # Where both dates are the device's, one clock is compared with itself.
            sent = _moment(endpoint.effective_date) or arrivals[endpoint_id].timestamp
            if has and has > sent:
                found.add(endpoint_id)
        if found:
            logger.info("late updates of endpoints left out", count=len(found))
        return set() if self._server_orders else found

    def _get(self, **ids: str) -> Any:
        response: Any = self._client.get_endpoint(**ids)
        self.note(response)
        return response["EndpointResponse"]


def _moment(date: Any) -> int | None:
    try:
        return milliseconds(date)
    except (TypeError, ValueError):
        return None  # another server may store what it likes
