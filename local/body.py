"""Reads the body of an HTTP request, chunked or not, and never more of it than is allowed."""

from email.message import Message
from io import BufferedIOBase

MAX_BYTES = 10 * 1024 * 1024  # API Gateway's limit
_MAX_LINE = 1024
_MAX_TRAILERS = 100


class BodyTooLargeError(Exception):
    """The body is over API Gateway's limit; most of it was not read."""


class BrokenBodyError(Exception):
    """The body does not hold what its headers promise."""


def announced_length(headers: Message) -> int:
    """What Content-Length says; raises if it is no number or too much."""
    text = headers.get("Content-Length", "0").strip()
    if not (text.isascii() and text.isdecimal()):
        raise BrokenBodyError("Content-Length is no number")
    # Compared by its digits first: Python refuses to read numbers of more than 4,300.
    if len(text.lstrip("0")) > len(str(MAX_BYTES)) or int(text) > MAX_BYTES:
        raise BodyTooLargeError
    return int(text)


def read_body(stream: BufferedIOBase, headers: Message) -> bytes:
    """The whole body; raises BodyTooLargeError or BrokenBodyError."""
    coding = headers.get("Transfer-Encoding", "").strip().lower()
    if coding and coding != "chunked":
        raise BrokenBodyError("an unknown transfer coding")
    if coding:
        return _read_chunks(stream)
    return _read_exactly(stream, announced_length(headers))


def _read_chunks(stream: BufferedIOBase) -> bytes:
    body = bytearray()
    while size := _chunk_size(stream):
        if len(body) + size > MAX_BYTES:
            raise BodyTooLargeError
        body += _read_exactly(stream, size)
        if _read_line(stream):
            raise BrokenBodyError("a chunk does not end where it should")
    for _ in range(_MAX_TRAILERS):
        if not _read_line(stream):
            return bytes(body)
    raise BrokenBodyError("too many trailers")


def _chunk_size(stream: BufferedIOBase) -> int:
    digits = _read_line(stream).partition(b";")[0].strip()
    try:
        if digits[:1] in b"+-" or b"_" in digits:
            raise ValueError
        return int(digits, 16)
    except ValueError:
        raise BrokenBodyError("a chunk has no size") from None


def _read_line(stream: BufferedIOBase) -> bytes:
    line = stream.readline(_MAX_LINE)
    if not line.endswith(b"\n"):
        raise BrokenBodyError("a line does not end")
    return line.rstrip(b"\r\n")


def _read_exactly(stream: BufferedIOBase, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise BrokenBodyError("the body ends too early")
    return data
