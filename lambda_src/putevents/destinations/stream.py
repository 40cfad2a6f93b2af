"""Destination `stream`: Kinesis Data Streams, an event a record, as Pinpoint's event stream was."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from putevents.destinations.by_part import answer_of, answered_parts
from putevents.destinations.client_config import client_config, destination_client
from putevents.destinations.event_answers import answers_of
from putevents.settings import StreamSettings
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrivals
from putevents.wire.rules import LARGE_EVENT
from putevents.wire.schemas import EventItemResponse, ItemResponse, ValidBatch
from putevents.wire.split import batches
from putevents.wire.stream_record import EventKey, stream_records

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

# What every stream takes: a record of 1 MiB with its key, unless its owner raised that limit.
# https://docs.aws.amazon.com/streams/latest/dev/large-records.html
MAX_RECORD_BYTES = 1024 * 1024
MAX_CALL_RECORDS = 500
# A call takes 10 MiB. Half of it, since nothing says whether that is counted before base64, and
# a call has seconds to be sent.
MAX_CALL_BYTES = 5 * 1024 * 1024
MAX_KEY_CHARACTERS = 256
_CONFIG = client_config(read_timeout=3)
_TOO_LARGE: EventItemResponse = {"StatusCode": 400, "Message": LARGE_EVENT.message}


class _Record(NamedTuple):
    event: EventKey
    partition_key: str
    data: bytes

    @property
    def size(self) -> int:
        return len(self.partition_key.encode()) + len(self.data)


class StreamDestination:
    """Puts every event's record into one stream; it holds no endpoints."""

    takes_endpoints = False

    def __init__(self) -> None:
        self._arn = StreamSettings.load().kinesis_stream_arn
        self._client: KinesisClient = destination_client("kinesis", _CONFIG)

    def deliver(
        self,
        application_id: str,
        batch_item: dict[str, ValidBatch],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> dict[str, ItemResponse]:
        """Deliver; see Destination. A record that Kinesis did not confirm is left out."""
        keys = {id_: _partition_key(id_, batch) for id_, batch in batch_item.items()}
        too_large: list[EventKey] = []

        def records() -> Iterator[_Record]:
            for event, _, data in stream_records(application_id, batch_item, arrivals):
                record = _Record(event, keys[event[0]], data)
                if record.size <= MAX_RECORD_BYTES:
                    yield record
                else:
                    too_large.append(event)

        calls = batches(
            records(),
            lambda record: record.size,
            max_size=MAX_CALL_BYTES,
            max_count=MAX_CALL_RECORDS,
        )
        told = answered_parts(
            "put_records", calls, self._put, proof="SequenceNumber", time_left=time_left
        )
        fates = [(record.event, answer_of(error)) for record, error in told]
        return answers_of(batch_item, [*fates, *((event, _TOO_LARGE) for event in too_large)])

    def _put(self, records: Sequence[_Record]) -> Any:
        data: Any = [{"Data": r.data, "PartitionKey": r.partition_key} for r in records]
        answer: Any = self._client.put_records(StreamARN=self._arn, Records=data)
        return answer["Records"]


def _partition_key(endpoint_id: str, batch: ValidBatch) -> str:
    """The endpoint's id, so that its events are in one shard; a digest of one that is too long."""
    # Ids that differ in case only are one endpoint's.
    key = (batch.stored or {}).get("Id", endpoint_id)
    if len(key) * 2 <= MAX_KEY_CHARACTERS or len(key.encode("utf-16-le")) <= 2 * MAX_KEY_CHARACTERS:
        return key
    return blake2b(key.encode(), digest_size=32).hexdigest()
