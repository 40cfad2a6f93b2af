"""DynamoDB's answers as they came say what botocore would have made of them."""

import json
from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import HTTPResponse

from putevents.destinations.lake.dynamodb import DynamoDBItems
from putevents.destinations.lake.dynamodb_json import decode, encode_member
from putevents.endpoints.item import Item, Member
from putevents.endpoints.stamps import stamp
from putevents.endpoints.store import StoreError
from putevents.wire.arrival import Arrival

KEYS = {"application_id": {"S": "app"}, "endpoint_id": {"S": "phone"}}
STAMP = "1764054000000-12345678-00000"
OLD = {"M": {"v": {"S": "ALL"}, "t": {"S": STAMP}}}  # as earlier versions stored a member
ARRIVALS = st.builds(
    Arrival, st.text(max_size=5), st.integers(0, 9_999_999_999_999), st.integers(0, 99_999)
)
VALUES = st.text(max_size=5) | st.floats(-1e9, 1e9) | st.lists(st.text(max_size=3), max_size=3)


def on_the_wire(attribute: Any) -> Any:
    """An attribute as DynamoDB's JSON holds it, bytes in base64."""
    return json.loads(json.dumps(attribute, default=lambda data: b64encode(data).decode()))


def answer(store: DynamoDBItems, body: bytes, status: int = 200) -> None:
    raw = HTTPResponse(BytesIO(body), preload_content=False)
    response = AWSResponse("https://dynamodb", status, HTTPHeaders(), raw)
    events: Any = store._client.meta.events
    events.register("before-send.dynamodb", lambda **_: response)


@pytest.fixture(name="store")
def _store() -> DynamoDBItems:
    return DynamoDBItems("endpoints")


@given(ARRIVALS, VALUES)
def test_a_member_is_read_as_it_was_written(arrival: Arrival, value: Any) -> None:
    member = Member(value, stamp(arrival))
    written = encode_member(member)
    for attribute in (written, on_the_wire(written)):
        assert decode({**KEYS, "OptOut": attribute}).members == {"OptOut": member}


@pytest.mark.parametrize("text", ["", "0001-a", f"{STAMP}0", STAMP.upper().replace("12", "AB")])
def test_a_stamp_that_is_none_of_ours_stays_text(text: str) -> None:
    written = encode_member(Member("ALL", text))
    assert written == {"L": [{"S": "ALL"}, {"S": text}]}
    assert decode({"OptOut": written}).members == {"OptOut": Member("ALL", text)}


def test_what_an_earlier_version_stored_is_read_beside_what_is_stored_now(
    store: DynamoDBItems,
) -> None:
    new = on_the_wire(encode_member(Member(["x"], STAMP)))
    stored = {**KEYS, "OptOut": OLD, "Attributes.a": new, "revision": {"N": "3"}}
    answer(store, json.dumps({"Responses": {"endpoints": [stored]}}).encode())
    members = {"OptOut": Member("ALL", STAMP), "Attributes.a": Member(["x"], STAMP)}
    assert store.read("app", ["phone"]) == {"phone": Item(members, revision=3)}


def test_an_error_is_botocores_and_holds_the_item(store: DynamoDBItems) -> None:
    newer = Member("NONE", "1764054000009-12345678-00000")
    stored = {**KEYS, "OptOut": encode_member(newer), "created": {"N": "1"}, "revision": {"N": "2"}}
    code = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
    answer(store, json.dumps({"__type": code, "Item": on_the_wire(stored)}).encode(), 400)
    before, after = store.write("app", "phone", {"OptOut": Member("ALL", STAMP)}, 1)
    assert before == after == Item({"OptOut": newer}, 1, revision=2)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"Responses"', b"[]"])
def test_an_answer_that_is_no_json_is_a_failure(store: DynamoDBItems, body: bytes) -> None:
    answer(store, body)
    with pytest.raises((StoreError, KeyError, AttributeError)):
        store.read("app", ["phone"])
