"""Calls of the AWS CLI: `aws pinpoint put-events`, with options between the words."""

import re
from collections.abc import Iterator
from itertools import islice

from commands.doctor.find_variable import is_address
from commands.doctor.found import Found, Role
from commands.doctor.knowledge import spellings
from commands.doctor.line_numbers import LineNumbers

# A word as a shell or a list of arguments has it; an option may have its value as the next word.
_SERVICE = re.compile(r"(?<![\w.@/-])pinpoint(-email|-sms-voice(?:-v2)?)?(?![\w.@/:=-])")
_WORD = re.compile(r"[^\s\"',\[\]()\\]+")
_BEFORE, _AFTER = 200, 400  # characters of a command that are looked at
_MAX_WORDS = 30
_END = re.compile(r"(?<!\\)\n|[;&|`]")
_LIST_END = re.compile(r"[\])]")
_OTHERS = {"-email": "email-api", "-sms-voice": "sms-voice", "-sms-voice-v2": "sms-voice"}
_ADDRESS = re.compile(r"--endpoint-url[ =](\S*)")


def find_commands(text: str, lines: LineNumbers) -> Iterator[Found]:
    """Find them in a text."""
    for found in _SERVICE.finditer(text):
        start = _command_start(text, found.start())
        before = [word[0] for word in _WORD.finditer(text, start, found.start())]
        if not _is_cli(before):
            continue
        line = lines.at(found.start())
        if found[1]:
            yield Found(line, Role.SETTING, _OTHERS[found[1]])
            continue
        listed = text[found.start() - 1 : found.start()] in ("'", '"')
        after = text[found.end() : found.end() + _AFTER]
        words = [w[0] for w in islice(_WORD.finditer(_rest(after, listed)), _MAX_WORDS)]
        operation = next((spellings().get(word) for word in words if word in _KEBAB), None)
        if operation is None:
            continue
        whole = " ".join([*before, *words])
        address = _ADDRESS.search(whole)
        pointed = address is not None and is_address(address[1])
        yield Found(line, Role.COMMAND, name=operation, pointed=pointed)


_KEBAB = frozenset(word for word in spellings() if word == word.lower() and "_" not in word)


def _command_start(text: str, place: int) -> int:
    """Where the line of a command begins, lines that end in a backslash joined."""
    start = place
    for _ in range(10):
        before = text.rfind("\n", max(0, place - _BEFORE), start)
        if before <= 0 or text[before - 1] != "\\":
            return max(before + 1, place - _BEFORE, 0)
        start = before
    return start


def _rest(after: str, listed: bool) -> str:
    """What belongs to the command; a list of arguments may have a line for each."""
    end = (_LIST_END if listed else _END).search(after)
    return after[: end.start()] if end else after


def _is_cli(words: list[str]) -> bool:
    """Whether the words before the service are `aws` and its options."""
    for number, word in enumerate(reversed(words)):
        if word == "aws" or word.endswith(("/aws", "$(aws", "aws.exe")):
            return True
        earlier = words[-number - 2] if number + 1 < len(words) else ""
        if not word.startswith("-") and not earlier.startswith("--"):
            return False
    return False
