"""Documents into Firehose: several to a record, many records to a call, the failed ones told."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from putevents.destinations.by_part import Told, answered_parts
from putevents.destinations.client_config import client_config, destination_client
from putevents.time_left import TimeLeft
from putevents.wire.split import batches

if TYPE_CHECKING:
    from mypy_boto3_firehose import FirehoseClient

MAX_RECORD_BYTES = 1000 * 1024
# Firehose bills each record in steps of 5 KB, so documents share one. Two steps: of 1.4 KB each
# they fill one to 83 % and two to 96 %. What shares a record fails together.
SHARED_RECORD_BYTES = 2 * 5 * 1024
MAX_CALL_RECORDS = 500
# 4 MiB a call, of the base64 that the records travel as.
MAX_CALL_BYTES = 3 * 1024 * 1024
_CONFIG = client_config(read_timeout=3)
KeyT = TypeVar("KeyT")


class Record(NamedTuple, Generic[KeyT]):
    """Documents that are delivered or fail together, each on a line of its own."""

    keys: list[KeyT]
    data: bytes


class DeliveryStreams:
    """The account's delivery streams, by name."""

    def __init__(self) -> None:
        self._client: FirehoseClient = destination_client("firehose", _CONFIG)

    def put(
        self, stream: str, documents: Iterable[tuple[KeyT, bytes]], time_left: TimeLeft
    ) -> Iterator[tuple[KeyT, Told | None]]:
        """Put JSON documents of at most MAX_RECORD_BYTES; yield what Firehose said of each key.

        After a call that failed as a whole the rest is not tried: a stream that is down is asked
        once a request. Nothing is raised for a failure outside.
        """
        calls = batches(
            pack(documents),
            lambda record: len(record.data),
            max_size=MAX_CALL_BYTES,
            max_count=MAX_CALL_RECORDS,
        )

        def make(records: Sequence[Record[KeyT]]) -> Any:
            data: Any = [{"Data": record.data} for record in records]
            answer: Any = self._client.put_record_batch(DeliveryStreamName=stream, Records=data)
            return answer["RequestResponses"]

        for record, error in answered_parts(
            "put_record_batch", calls, make, proof="RecordId", time_left=time_left
        ):
            yield from ((key, error) for key in record.keys)


def pack(documents: Iterable[tuple[KeyT, bytes]]) -> Iterator[Record[KeyT]]:
    """Put documents together, in order, so that few bytes are billed that nobody sent."""
    for together in batches(documents, _line_length, max_size=SHARED_RECORD_BYTES):
        lines = [part for _, document in together for part in (document, b"\n")]
        yield Record([key for key, _ in together], b"".join(lines))


def _line_length(document: tuple[KeyT, bytes]) -> int:
    return len(document[1]) + 1
