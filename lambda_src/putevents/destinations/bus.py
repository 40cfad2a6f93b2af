"""Destination `bus`: chosen event types to EventBridge, where rules act on them."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from putevents.destinations.by_part import answer_of, answered_parts
from putevents.destinations.client_config import client_config, destination_client
from putevents.destinations.event_answers import answers_of
from putevents.settings import ANY, BusSettings
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrivals
from putevents.wire.schemas import EventItemResponse, ItemResponse, ValidBatch
from putevents.wire.split import batches
from putevents.wire.stream_record import EventKey, stream_records
from putevents.wire.timestamps import milliseconds

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE = "putevents-gateway"
MAX_DETAIL_TYPE_CHARACTERS = 128
MAX_CALL_ENTRIES = 10
# As many entries as a message of the queue holds events: what is over it waits there.
MAX_CALLS = 100
# "Less than 1 MB", of an entry and of all entries of a call: counted as the page says.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
MAX_CALL_BYTES = 1_000_000 - 1
_TIME_BYTES = 14
# Of 1970 to 9999: what else a broken clock says, nothing between here and a rule need understand.
_TIMES = range(253_402_214_400)
# Of the errors that PutEvents names for an entry, those that its content causes.
_FINAL = ("InvalidArgument", "MalformedDetail", "RedactionFailure")
_CONFIG = client_config(read_timeout=3)
_TOO_LARGE = "Event size should be less than 1 MB for EventBridge."


class _Entry(NamedTuple):
    event: EventKey
    parameters: dict[str, Any]

    @property
    def size(self) -> int:
        texts = (self.parameters[name] for name in ("Source", "DetailType", "Detail"))
        return sum(len(text.encode()) for text in texts) + _TIME_BYTES


class BusDestination:
    """Puts the events of the types that it takes on one bus; it holds no endpoints."""

    takes_endpoints = False

    def __init__(self) -> None:
        settings = BusSettings.load()
        self._bus, types = settings.event_bus_arn, frozenset(settings.bus_event_types)
        self.event_types = None if ANY in types else types
        self._client: EventBridgeClient = destination_client("events", _CONFIG)

    def deliver(
        self,
        application_id: str,
        batch_item: dict[str, ValidBatch],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> dict[str, ItemResponse]:
        """Deliver; see Destination and Choosing."""
        fates: list[tuple[EventKey, EventItemResponse]] = []

        def entries() -> Iterator[_Entry]:
            for event_key, event, record in stream_records(application_id, batch_item, arrivals):
                entry = _Entry(
                    event_key, self._parameters(event.event_type, event.timestamp, record)
                )
                if entry.size <= MAX_CALL_BYTES:
                    yield entry
                else:
                    fates.append((event_key, _rejection(_TOO_LARGE)))

        calls = batches(
            entries(),
            lambda entry: entry.size,
            max_size=MAX_CALL_BYTES,
            max_count=MAX_CALL_ENTRIES,
        )
        for entry, error in answered_parts(
            "put_events on the bus",
            islice(calls, MAX_CALLS),
            self._put,
            proof="EventId",
            time_left=time_left,
        ):
            is_final = error and error.is_of_part and error.code in _FINAL
            answer = _rejection(error.text) if error and is_final else answer_of(error)
            fates.append((entry.event, answer))
        return answers_of(batch_item, fates)

    def _parameters(self, event_type: str, timestamp: str, record: bytes) -> dict[str, Any]:
        seconds = milliseconds(timestamp) // 1000
        return {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": _cut(event_type),
            "Detail": record.decode(),
            **({"Time": seconds} if seconds in _TIMES else {}),  # else EventBridge's own
        }

    def _put(self, entries: Sequence[_Entry]) -> Any:
        parameters: Any = [entry.parameters for entry in entries]
        answer: Any = self._client.put_events(Entries=parameters)
        return answer["Entries"]


def _cut(event_type: str) -> str:
    """The beginning of an event type, in characters as Java counts them, and no half of one."""
    return event_type.encode("utf-16-le")[: 2 * MAX_DETAIL_TYPE_CHARACTERS].decode(
        "utf-16-le", "ignore"
    )


def _rejection(message: str) -> EventItemResponse:
    return {"StatusCode": 400, "Message": message}
