"""Whether a client gets an address where a program makes it: its own, no other client's."""

import re
from collections.abc import Iterator

from commands.doctor.find_variable import is_address

_MAX_ARGUMENTS = 2_000  # characters after a client's name in which its address may stand
_ADDRESS = re.compile(
    r"\b(?:endpoint(?!_?id)|endpoint_url|endpoint(?:Url|Override|Resolver|Provider)|BaseEndpoint"
    r"|ServiceURL|[wW]ithEndpoint(?:Configuration|Resolver)?|baseUri)\b"
    r"['\"]?\s{0,9}(?:(?P<given>[:?]?=>?|:|\()\s{0,9})?(?P<value>[^\n,;)}]{0,200})"
)
_PAIRS = {"(": ")", "{": "}", "[": "]"}
_CHAINED = re.compile(r"\s*\??\.\s*\w+\s*(?=[({])")
# What may stand before a bracket inside of the client's: a settings object, a function's body.
_SETTINGS = re.compile(r"(?:pinpoint\w*|config\w*|options|[)>]|(?<![\w\s]))\s*$", re.IGNORECASE)
_DEEPEST = 2


def has_address(text: str, end: int) -> bool:
    """Whether the arguments that begin at or just before `end` give the client an address."""
    for start, stop in _own(text, end):
        for found in _ADDRESS.finditer(text, start, stop):
            if not found["given"] or is_address(found["value"]):  # `{ region, endpoint }`
                return True
    return False


def _own(text: str, end: int) -> Iterator[tuple[int, int]]:
    """The stretches that are the client's own, those of calls chained to it too."""
    start = end - 1 if text[end - 1 : end] in _PAIRS else end
    limit = min(len(text), start + _MAX_ARGUMENTS)
    own: list[bool] = []  # by open bracket
    begun = place = start
    while place < limit:
        if text[place] in "({[":
            before = text[max(start, place - 60) : place]
            ours = not own or (own[-1] and len(own) < _DEEPEST and bool(_SETTINGS.search(before)))
            if not ours and all(own):
                yield begun, place
            own.append(ours)
        elif text[place] in ")}]":
            if own and not own[-1] and all(own[:-1]):
                begun = place
            own = own[:-1]
            if not own:
                chained = _CHAINED.match(text, place + 1, limit)
                if not chained:
                    yield begun, place + 1
                    return
                place = chained.end() - 1
        elif not own and text[place] in ";\n":
            break
        place += 1
    if all(own):
        yield begun, place
