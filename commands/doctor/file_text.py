"""A file's text, if it is one: bounded, and in the encodings that editors write."""

import codecs
import re
from typing import BinaryIO, NamedTuple

MAX_BYTES = 4_000_000  # more of a file is only looked through for a word of interest
_MAX_LOOKED = 256_000_000  # bytes
_HEAD = 8_192
# Without one of these a file is of no interest.
_WORDS = (b"pinpoint", b"mobiletargeting", b"mobile_analytics")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LONG_LINE = re.compile(r"[^\n]{20000}")


class Text(NamedTuple):
    """What was read: no text if the file is binary or holds no word of interest."""

    text: str = ""
    cut: bool = False
    missed: bool = False  # what was cut off holds a word of interest, or may


def read(path: str, *more: bytes, also: tuple[bytes, ...] = ()) -> Text:
    """Read a file's text; `more` are words of interest in files of its kind. Raises OSError.

    A file with a word of `also` is read too, but no such word is looked for behind the cut.
    """
    words = _WORDS + more
    with open(path, "rb") as file:
        data = file.read(MAX_BYTES + 1)
        cut = len(data) > MAX_BYTES
        encoding = _encoding(data[:_HEAD])
        if encoding is None:
            return Text()
        missed = cut and _is_behind(words, encoding, data[MAX_BYTES - _HEAD :], file)
    words += also
    if encoding == "utf-8" and not _has(words, data):
        return Text("", cut, missed)
    text = data[:MAX_BYTES].decode(encoding, "replace")
    if encoding != "utf-8" and not _has(words, text.encode("utf-8", "replace")):
        return Text("", cut, missed)
    # As Python's own text files: the readers count lines by their ends.
    return Text(text.replace("\r\n", "\n").replace("\r", "\n"), cut, missed)


def _is_behind(words: tuple[bytes, ...], encoding: str, last: bytes, file: BinaryIO) -> bool:
    """Whether the rest of a file holds a word; `last` is what was read last, up to the cut."""
    plain = encoding.removesuffix("-sig")
    # Without a mark at its beginning, and in either order of bytes.
    orders = (f"{plain}-le", f"{plain}-be") if plain in ("utf-16", "utf-32") else (plain,)
    coded = tuple(word.decode().encode(order) for word in words for order in orders)
    longest, looked = max(map(len, coded)), 0
    last = last[-longest:]
    while part := file.read(MAX_BYTES):
        looked += len(part)
        if _has(coded, last + part) or looked > _MAX_LOOKED:
            return True
        last = (last + part)[-longest:]
    return False


def is_named(text: str, *more: bytes) -> bool:
    """Whether a text that was read has a word of interest, and not only one of `also`."""
    return _has(_WORDS + more, text.encode("utf-8", "replace"))


def is_minified(text: str) -> bool:
    """Whether a program was written by a bundler: a line that nobody wrote."""
    return _LONG_LINE.search(text) is not None


def _has(words: tuple[bytes, ...], data: bytes) -> bool:
    small = data.lower()
    return any(word in small for word in words)


def _encoding(head: bytes) -> str | None:
    """The encoding that a file begins in; None for a binary one."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    if b"\0" not in head:
        return "utf-8"
    # UTF-16 without a mark: every second byte of Latin letters is nought.
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = head[offset::2], head[1 - offset :: 2]
        if zeros.count(0) > 0.9 * len(zeros) and b"\0" not in others:
            return encoding
    return None
