"""A body comes out of base64, gzip and JSON within bounds, and one bad part spoils nothing."""

import gzip
import json
import tracemalloc
from base64 import b64encode
from typing import Any

import pytest

from putevents.errors import BadRequestError, PayloadTooLargeError
from putevents.wire.body import decode, parse
from putevents.wire.json_object import MAX_DEPTH, read_json
from putevents.wire.rules import Rejection
from putevents.wire.schemas import MAX_REQUEST_BYTES, EventsBatch, EventsRequest

BODY = '{"BatchItem":{"phone":{"Endpoint":{},"Events":{}}}}'
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


def test_a_gzip_body_may_have_several_members_and_a_text_a_byte_order_mark() -> None:
    assert decoded(gzip.compress(b'{"a"') + gzip.compress(b"") + gzip.compress(b":1}")) == '{"a":1}'
    whole = gzip.compress(b"x" * MAX_REQUEST_BYTES)
    assert len(decoded(whole + gzip.compress(b""))) == MAX_REQUEST_BYTES
    with pytest.raises(PayloadTooLargeError):
        decoded(whole + gzip.compress(b"x"))
    bom = "\ufeff" + BODY
    assert parse(decoded(bom.encode()), EventsRequest) == parse(BODY, EventsRequest)
    assert read_json(bom) == read_json(BODY)
    with pytest.raises(BadRequestError):
        parse("\ufeff" + bom, EventsRequest)


def test_exactly_4_mb_pass_and_one_byte_more_does_not() -> None:
    whole = b"x" * MAX_REQUEST_BYTES
    assert len(decoded(whole)) == len(decoded(gzip.compress(whole))) == 4 * 1024 * 1024
    for body in (whole + b"x", gzip.compress(whole + b"x")):
        with pytest.raises(PayloadTooLargeError):
            decoded(body)


def test_a_gzip_bomb_is_rejected_without_being_inflated() -> None:
    bomb = gzip.compress(bytes(100 * 1024 * 1024))
    tracemalloc.start()
    with pytest.raises(PayloadTooLargeError):
        decoded(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * 1024 * 1024


EMPTY = gzip.compress(b"{}", mtime=0)  # the same in each process that runs tests


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe", EMPTY[:-3], EMPTY + b"more", EMPTY * 2 + b"more", EMPTY * 2 + EMPTY[:-3],
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


@pytest.mark.parametrize("depth", [MAX_DEPTH, 500, 5_000, 200_000])
@pytest.mark.parametrize("unit", [("[", "]"), ('{"k":', "}"), ('[{"a":"]","b\\\\":', "}]")])
def test_depth_in_a_member_that_nobody_knows_costs_nothing(
    unit: tuple[str, str], depth: int
) -> None:
    deep = unit[0] * depth + "1" + unit[1] * depth
    judged = events("", f',"Unknown":{deep},"AppTitle":"here"', "")
    assert [isinstance(event, Rejection) for event in judged.values()] == [False] * 3
    assert json.loads(judged["1"].wire)["AppTitle"] == "here"


@pytest.mark.parametrize("depth", [2, MAX_DEPTH, 500, 200_000])
@pytest.mark.parametrize("member", ["AppTitle", "Attributes", "Metrics", "Session"])
def test_depth_in_a_member_that_is_known_costs_its_event(member: str, depth: int) -> None:
    judged = events("", f',"{member}":{"[" * depth}{"]" * depth}', "")
    assert [isinstance(event, Rejection) for event in judged.values()] == [False, True, False]
    assert judged["1"].key == member


def test_what_is_kept_of_deep_json_is_its_first_64_levels() -> None:
    def depth(value: Any) -> int:
        return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0

    for levels in (MAX_DEPTH - 1, MAX_DEPTH, 3_000):
        tree = read_json(f'{{"a":{"[" * levels}{"]" * levels},"b":"[[\\"[[","c":[]}}')
        assert depth(tree["a"]) == MAX_DEPTH - 1  # in an object
        assert (tree["b"], tree["c"]) == ('[["[[', [])
        json.dumps(tree)


@pytest.mark.parametrize("text", ["[" * 100, "[" * 100 + "]" * 99, '{"a":' * 70 + "}" * 71])
def test_deep_json_that_does_not_end_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequestError, match="not valid JSON"):
        read_json(f'{{"a":{text}}}')


def test_nul_and_whole_surrogate_pairs_are_text_like_any_other() -> None:
    event = events(r',"Attributes":{"k":"\u0000\ud83d\ude00"}')["0"]
    assert json.loads(event.wire)["Attributes"] == {"k": "\0😀"}
