"""Pydantic's quick parser and serialiser of JSON give what Python's `json` gives."""

import json
from http import HTTPStatus
from typing import Any

import pytest

from putevents.wire.answers import respond
from putevents.wire.json_object import loads

NUMBERS = [
    "0", "-0", "-0.0", "1E5", "1e-400", "5e-324", "1e400", "1.5", "0.1e1", "9" * 30, "9" * 5000,
    "NaN", "Infinity", "-Infinity", "1" * 400 + ".5",
]  # fmt: skip
BAD_NUMBERS = ["", "01", "1.", ".5", "+1", "-", "1e", "1_0", "0x1", "nan", "-NaN", "inf", "1 1"]
TEXTS = [
    '"\\u0000\\"\\\\\\/"', '"\x7f\u2028\u00e9"', '"\\ud83c\\udf70"', '"\\ud83c"', '"\ud83c"',
    '{"":1,"b":[true,false,null],"a":{},"b":2}', " [1] ",
    "[" * 99 + "]" * 99, "[" * 300 + "]" * 300,
]  # fmt: skip
BAD_TEXTS = [
    "[1,]", '{"a":1,}', "{a:1}", "'a'", '"\n"', '"\x00"', '"\\x41"', '"\\u12"', "[1]x", "tru",
    "\ufeff[1]", "\f1", "\u00a01", "1//", "{", '"',
]  # fmt: skip


def as_told(value: Any) -> str:
    """A value's parts with their types and order, which `==` does not compare."""
    return repr(value)


@pytest.mark.parametrize("text", NUMBERS + TEXTS)
def test_a_text_is_read_as_by_python(text: str) -> None:
    try:
        expected = as_told(json.loads(text))
    except ValueError:  # of more digits than Python takes
        with pytest.raises(ValueError, match="4300 digits"):
            loads(text)
    else:
        assert as_told(loads(text)) == expected


@pytest.mark.parametrize("text", BAD_NUMBERS + BAD_TEXTS)
def test_what_python_rejects_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="line 1 column"):
        json.loads(text)
    with pytest.raises(ValueError, match="line 1 column"):
        loads(text)


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf[1]", "[1]".encode("utf-16"), b'"\xed\xa0\xbc"'])
def test_bytes_are_read_as_by_python(data: bytes) -> None:
    assert loads(data) == json.loads(data)


@pytest.mark.parametrize("id_", ["phone", '"\\\x01\u00f8\u2028\U0001f370', "\ud83c"])
def test_an_answer_is_in_ascii_and_says_what_it_should(id_: str) -> None:
    body = {"Results": {id_: {"StatusCode": 202, "Message": "Accepted"}}, "Metrics": [0.1, 2]}

    text = respond(HTTPStatus.ACCEPTED, body).body

    assert text == json.dumps(body, separators=(",", ":"))
