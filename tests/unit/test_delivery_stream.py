"""Documents into Firehose within its limits; exactly what it did not confirm is told."""

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import HTTPResponse

from putevents.destinations.lake.firehose import (
    MAX_CALL_BYTES,
    SHARED_RECORD_BYTES,
    DeliveryStreams,
    pack,
)
from putevents.time_left import TimeLeft
from tests.unit.doors import nearly_over

TAKEN = {"RecordId": "r"}
FAILED = {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}


@pytest.fixture(name="streams")
def _streams() -> DeliveryStreams:
    return DeliveryStreams()


@pytest.fixture(name="firehose")
def _firehose(streams: DeliveryStreams) -> Iterator[Stubber]:
    with Stubber(streams._client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def answer(*records: dict[str, str]) -> dict[str, Any]:
    failed = sum("ErrorCode" in record for record in records)
    return {"FailedPutCount": failed, "RequestResponses": list(records)}


def put(
    streams: DeliveryStreams,
    *sizes: int,
    time_left: TimeLeft = TimeLeft(),  # noqa: B008 # immutable
) -> list[int]:
    """The numbers of the documents that Firehose confirmed."""
    documents = [(i, b"x" * size) for i, size in enumerate(sizes)]
    return [key for key, error in streams.put("stream", documents, time_left) if not error]


def test_a_record_holds_documents_line_by_line(streams: DeliveryStreams, firehose: Stubber) -> None:
    expected = {"DeliveryStreamName": "stream", "Records": [{"Data": b"xx\nxxx\n"}]}
    firehose.add_response("put_record_batch", answer(TAKEN), expected)
    assert put(streams, 2, 3) == [0, 1]


@given(st.lists(st.integers(1, 12_000), max_size=60))
def test_documents_share_records_of_two_billed_steps(sizes: list[int]) -> None:
    documents = [(number, b"x" * size) for number, size in enumerate(sizes)]
    packed = list(pack(documents))
    assert [key for record in packed for key in record.keys] == list(range(len(sizes)))
    assert b"".join(record.data for record in packed) == b"".join(d + b"\n" for _, d in documents)
    for record, following in pairwise(packed):
        assert len(record.data) <= SHARED_RECORD_BYTES or len(record.keys) == 1
        # Nothing that would have fitted was put off.
        assert len(record.data) + sizes[following.keys[0]] + 1 > SHARED_RECORD_BYTES


def test_of_a_batch_exactly_the_failed_records_are_not_confirmed(
    streams: DeliveryStreams, firehose: Stubber
) -> None:
    firehose.add_response("put_record_batch", answer(TAKEN, FAILED, TAKEN))
    # Two documents fit into a record, so the failed one takes the third and the fourth with it.
    assert put(streams, *[4000] * 6) == [0, 1, 4, 5]


def test_records_without_an_answer_are_not_confirmed(
    streams: DeliveryStreams, firehose: Stubber
) -> None:
    firehose.add_response("put_record_batch", answer(TAKEN))
    assert put(streams, 6000, 6000) == [0]


def test_a_call_has_at_most_500_records(streams: DeliveryStreams, firehose: Stubber) -> None:
    firehose.add_response("put_record_batch", answer(*[TAKEN] * 500))
    firehose.add_response("put_record_batch", answer(TAKEN))
    assert put(streams, *[6000] * 501) == list(range(501))


def test_a_call_has_at_most_4_mib_of_base64(streams: DeliveryStreams, firehose: Stubber) -> None:
    large = MAX_CALL_BYTES // 3 - 1
    for count in (3, 1):
        firehose.add_response("put_record_batch", answer(*[TAKEN] * count))
    assert put(streams, *[large] * 4) == [0, 1, 2, 3]
    assert (MAX_CALL_BYTES + 3) * 4 // 3 <= 4 * 1024 * 1024 + 4


@pytest.mark.parametrize("error", ["ServiceUnavailableException", "ResourceNotFoundException"])
def test_after_a_call_that_failed_as_a_whole_no_other_is_made(
    streams: DeliveryStreams, firehose: Stubber, error: str
) -> None:
    firehose.add_response("put_record_batch", answer(*[TAKEN] * 500))
    firehose.add_client_error("put_record_batch", error)
    assert put(streams, *[6000] * 1200) == list(range(500))


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b'{"RequestResponses": [null]}'])
def test_an_answer_that_makes_no_sense_confirms_nothing(
    streams: DeliveryStreams, body: bytes
) -> None:
    raw = HTTPResponse(BytesIO(body), preload_content=False)
    response = AWSResponse("https://firehose", 200, HTTPHeaders(), raw)
    events: Any = streams._client.meta.events
    events.register("before-send.firehose.PutRecordBatch", lambda **_: response)
    assert put(streams, 5) == []


def test_one_answer_that_makes_no_sense_costs_no_other(streams: DeliveryStreams) -> None:
    body = b'{"RequestResponses": [{"RecordId": "r"}, null, {"RecordId": "r"}]}'
    raw = HTTPResponse(BytesIO(body), preload_content=False)
    response = AWSResponse("https://firehose", 200, HTTPHeaders(), raw)
    events: Any = streams._client.meta.events
    events.register("before-send.firehose.PutRecordBatch", lambda **_: response)
    assert put(streams, 6000, 6000, 6000) == [0, 2]


def test_no_call_is_made_once_time_is_up(streams: DeliveryStreams, firehose: Stubber) -> None:
    assert put(streams, 5, time_left=nearly_over()) == []


def test_nothing_to_put_is_no_call(streams: DeliveryStreams, firehose: Stubber) -> None:
    assert put(streams) == []
