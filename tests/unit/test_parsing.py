"""A body comes out of base64, gzip and JSON within bounds, and one bad part spoils nothing."""

import gzip
import json
import tracemalloc
from base64 import b64encode
from typing import Any

import pytest

from putevents.errors import BadRequestError, PayloadTooLargeError
from putevents.wire.body import decode, parse
from putevents.wire.rules import Rejection
from putevents.wire.schemas import MAX_REQUEST_BYTES, EventsBatch, EventsRequest

EVENT = '{"EventType":"a","Timestamp":"2026-11-24T10:00:00Z"%s}'


def decoded(data: bytes) -> str:
    return decode(b64encode(data).decode(), is_base64=True)


def events(*members: str) -> dict[str, Any]:
    """The judged events of a request whose events have these raw JSON members, by position."""
    texts = ",".join(f'"{i}":{EVENT % text}' for i, text in enumerate(members))
    body = f'{{"BatchItem":{{"phone":{{"Endpoint":{{}},"Events":{{{texts}}}}}}}}}'
    batch = parse(body, EventsRequest).batch_item["phone"]
    assert isinstance(batch, EventsBatch)
    return batch.events


def test_a_body_is_read_as_text_base64_or_gzip() -> None:
    assert decode('{"é":1}', is_base64=False) == '{"é":1}'
    assert decoded('{"é":1}'.encode()) == '{"é":1}'
    assert decoded(gzip.compress('{"é":1}'.encode())) == '{"é":1}'
    assert decode(None, is_base64=False) == ""


def test_exactly_4_mb_pass_and_one_byte_more_does_not() -> None:
    whole = b"x" * MAX_REQUEST_BYTES
    assert len(decoded(whole)) == len(decoded(gzip.compress(whole))) == 4 * 1024 * 1024
    for body in (whole + b"x", gzip.compress(whole + b"x")):
        with pytest.raises(PayloadTooLargeError):
            decoded(body)


def test_a_gzip_bomb_is_refused_without_being_inflated() -> None:
    bomb = gzip.compress(bytes(100 * 1024 * 1024))
    tracemalloc.start()
    with pytest.raises(PayloadTooLargeError):
        decoded(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * 1024 * 1024


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe", gzip.compress(b"{}")[:-3], gzip.compress(b"{}") + b"more",
        gzip.compress(b"{}") * 2 + b"more", gzip.compress(b"{}") * 2 + gzip.compress(b"{}")[:-3],
        b"\x1f\x8bnot gzip at all",
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_decoded_is_a_bad_request(data: bytes) -> None:
    with pytest.raises(BadRequestError, match="could not be decoded"):
        decoded(data)


def test_a_body_that_is_not_base64_is_a_bad_request() -> None:
    with pytest.raises(BadRequestError):
        decode("{}", is_base64=True)


@pytest.mark.parametrize("text", ["", "{", "nonsense", '{"BatchItem":{},}', "[" * 100_000])
def test_a_body_that_is_not_json_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequestError, match="not valid JSON"):
        parse(text, EventsRequest)


@pytest.mark.parametrize("text", ["[]", "1", '"text"', "null", '["\\ud800"]'])
def test_json_that_is_no_object_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequestError, match="object"):
        parse(text, EventsRequest)


@pytest.mark.parametrize(
    "bad",
    [
        r',"Attributes":{"k":"\ud800"}',
        r',"Attributes":{"\udfff":"v"}',
        ',"Metrics":{"k":NaN}',
        ',"Metrics":{"k":-Infinity}',
        ',"Metrics":{"k":1e999}',
        f',"Metrics":{{"k":{"9" * 5000}}}',
        f',"Metrics":{{"k":{"9" * 350}}}',
        f',"Session":{{"Id":"s","StartTimestamp":"2026-11-24T10:00:00Z","Duration":{"9" * 5000}}}',
    ],
)
def test_an_event_with_json_that_few_can_store_is_rejected_alone(bad: str) -> None:
    judged = events("", bad, "")
    assert isinstance(judged["1"], Rejection)
    assert not isinstance(judged["0"], Rejection)
    assert not isinstance(judged["2"], Rejection)


def test_nesting_deeper_than_the_quick_parser_goes_is_ignored_where_it_is_unknown() -> None:
    deep = "[" * 500 + "]" * 500
    assert not isinstance(events(f',"Unknown":{deep}')["0"], Rejection)


def test_nul_and_whole_surrogate_pairs_are_text_like_any_other() -> None:
    event = events(r',"Attributes":{"k":"\u0000\ud83d\ude00"}')["0"]
    assert json.loads(event.wire)["Attributes"] == {"k": "\0😀"}
