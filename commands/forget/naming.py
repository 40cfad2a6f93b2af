"""Whether a text that cannot be read as it should be names a person, in whatever escapes."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_USER = re.compile(r'"(?:UserId|user_id)"\s*:\s*("(?:[^"\\]|\\.)*")')
_ESCAPED = re.compile(r"\\(u[0-9a-fA-F]{4}|[^u])", re.DOTALL)
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_CHUNK = 1024 * 1024
_NESTED = 3  # JSON inside of a string of JSON, as a notification wraps it


def users_in(endpoint: str) -> Iterator[str]:
    """The users whom a rejected part names: whole, or its beginning, in any type.

    It is an endpoint, an enriched event, several of these with one id, or a line that is none.
    """
    try:
        told = json.loads(endpoint)
    except (ValueError, RecursionError):
        yield from _users_in_beginning(endpoint)
        yield from _users_in_beginning(_unescaped(endpoint))
        return
    if isinstance(told, str):
        yield from _users_in_beginning(told)
    for part in told if isinstance(told, list) else [told]:
        for outer, inner in (("User", "UserId"), ("client", "user_id")):
            user = part.get(outer) if isinstance(part, dict) else None
            ids = user.get(inner) if isinstance(user, dict) else user
            found = ids if isinstance(ids, list) else [ids]
            yield from (str(id_) for id_ in found if isinstance(id_, str | int | float))


def _users_in_beginning(endpoint: str) -> Iterator[str]:
    for text in _USER.findall(endpoint):
        try:
            yield json.loads(text, strict=False)
        except ValueError:  # an escape that is none
            continue


def names(text: str, ids: Iterable[str], folded: Iterable[str] = ()) -> bool:
    """Whether a text holds one of the ids as a whole; the `folded` ones in any case."""
    patterns = [_whole(id_) for id_ in ids]
    patterns += [_whole(id_, re.IGNORECASE) for id_ in folded]
    for _ in range(_NESTED):
        if any(pattern.search(text) for pattern in patterns):
            return True
        if "\\" not in text:
            return False
        text = _unescaped(text)
    return any(pattern.search(text) for pattern in patterns)


def holds(path: Path, ids: Iterable[bytes]) -> bool:
    """Whether a file of any size holds one of the ids as a whole, in any case."""
    word = rb"[\w\x80-\xff-]"
    patterns = [
        re.compile(rb"(?<!" + word + rb")" + re.escape(id_) + rb"(?!" + word + rb")", re.IGNORECASE)
        for id_ in ids
    ]
    longest = max((len(pattern.pattern) for pattern in patterns), default=1)
    before = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            window = before + chunk
            if any(pattern.search(window) for pattern in patterns):
                return True
            before = window[-longest:]
    return False


def _whole(id_: str, flags: int = 0) -> re.Pattern[str]:
    """The id, but not as a piece of a longer word: `1` is not in `2026-01-10`."""
    return re.compile(rf"(?<![\w-]){re.escape(id_)}(?![\w-]|\\u)", flags)


def _unescaped(text: str) -> str:
    plain = _ESCAPED.sub(_character, text)
    # Two escapes can be one character.
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _character(escape: re.Match[str]) -> str:
    letter = escape[1]
    return chr(int(letter[1:], 16)) if len(letter) > 1 else _CONTROLS.get(letter, letter)
