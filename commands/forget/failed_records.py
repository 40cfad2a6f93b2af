"""What Firehose could not store, under `errors/`: JSON lines with a record in base64 in each."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple


class CutLine(NamedTuple):
    """A line without a person's documents, None if nothing is left; how many were theirs."""

    line: bytes | None
    documents: int


def cut_line(line: bytes, is_theirs: Callable[[Any], bool]) -> CutLine:
    """Take the person's documents out of a line; raises ValueError if it cannot be read."""
    told = json.loads(line)
    try:
        raw = b64decode(told["rawData"], validate=True).decode()
    except (LookupError, TypeError) as error:
        raise ValueError("The line holds no record.") from error
    documents = list(_documents(raw))
    kept = [text for text, document in documents if not is_theirs(document)]
    removed = len(documents) - len(kept)
    if not removed:
        return CutLine(line, 0)
    if not kept:
        return CutLine(None, removed)
    told["rawData"] = b64encode("".join(f"{text}\n" for text in kept).encode()).decode()
    return CutLine(json.dumps(told).encode() + b"\n", removed)


def texts_of(line: bytes) -> Iterator[str]:
    """What a line that cannot be read holds: itself, and its record if that can be decoded."""
    yield line.decode("utf-8", "replace")
    for raw in re.findall(rb'"rawData"\s*:\s*"([^"]*)', line):
        with suppress(ValueError):
            whole = raw[: len(raw) // 4 * 4]  # it may have been cut off
            yield b64decode(whole).decode("utf-8", "replace")


def _documents(raw: str) -> Iterator[tuple[str, Any]]:
    """The JSON documents of a record, with their text."""
    decoder, place = json.JSONDecoder(), 0
    while raw[place:].strip():
        place += len(raw[place:]) - len(raw[place:].lstrip())
        document, end = decoder.raw_decode(raw, place)
        yield raw[place:end], document
        place = end
