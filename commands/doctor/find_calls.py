"""Calls of operations in the text of a program: `client.putEvents(`, `new PutEventsCommand(`."""

import re
from collections.abc import Iterable, Iterator

from commands.doctor.file_kinds import Kind
from commands.doctor.found import Found, Role
from commands.doctor.knowledge import State, operations, spellings
from commands.doctor.line_numbers import LineNumbers
from commands.doctor.strings import Strings

_CALL = re.compile(
    r"(?P<owner>[\w$]+|[)\]])\s*(?:\?\.|!\.|!!\.|\.|->|::)\s*(?P<name>\w+?)(?P<ending>Async)?\s*[({\[]"
    r"|(?P<bare>[\w$]+)\s*\.\s*(?P<ruby>[a-z]+(?:_[a-z]+)+)\b"
)
_COMMAND = re.compile(r"\bnew\s+(?:(?P<owner>\w+)\.)?(?P<name>[A-Z]\w*)\s*\(")
_OURS = re.compile(r"@aws-sdk/client-pinpoint(?:/.*)?")
_NAMED_IMPORT = re.compile(
    r"\{([^{}]*)\}\s*(?:=\s*(?:await\s+)?(?:require|import)\s*\(|from\s*)\s*['\"]([^'\"]+)['\"]"
)
_WHOLE_IMPORT = re.compile(
    r"(?:\*\s*as\s+|\b(?:const|let|var|import)\s+)(\w+)\s*(?:=\s*(?:await\s+)?(?:require|import)\s*\(|from\s*)\s*['\"]([^'\"]+)['\"]"
)
# A variable or a parameter that holds a client of Pinpoint.
_HOLDER = re.compile(
    r"([\w$]+)\s*(?::=|=|:)\s*(?:await\s+|new\s+|\w+\s+)?\*?(?:\w+\.|Aws::|\\?Aws\\)?(?:Amazon)?[pP]inpoint(?:Async)?(?:Client)?(?:Builder)?\b"
    r"|\b(?:I?AmazonPinpoint|Pinpoint)(?:Async)?(?:Client)?\s+([\w$]+)\s*[,;=)]"
    r"|([\w$]+)\s+\*?pinpoint\.(?:Client|Pinpoint)\b"
)
# Services with operations of the same names.
_OTHER = re.compile(
    r"eventbridge|cloudwatchevents|personalize|@aws-sdk/client-(?!pinpoint\b)\w+", re.I
)
# Without Pinpoint's name, what its operations ask for tells: EventBridge has another PutEvents.
_ASKED = re.compile(r"\b[aA]pplicationId\b|\bapplication_id\b")
_AWS = re.compile(r"\b(?:@?aws-sdk|AWS|amazonaws\.com|Amazon\.|com\.amazonaws|awssdk)\b")
_NEAR = 300  # characters of a call in which it may stand
_NAMED = re.compile(r"(?P<quote>['\"])(?P<name>[a-zA-Z]{5,30}|[a-z_]{5,40})(?P=quote)")
_PINPOINT = re.compile("pinpoint", re.I)


def find_calls(kind: Kind, text: str, found: Iterable[Found], strings: Strings) -> Iterator[Found]:
    """Find calls in a text without comments; `found` is what the file is known to use."""
    roles = {use.role for use in found}
    evident = bool(roles & {Role.CLIENT, Role.IMPORT})
    if not evident and not _PINPOINT.search(text) and not _ASKED.search(text):
        return
    if kind == Kind.JAVASCRIPT:
        yield from _commands(text, strings)
    holders = {name for names in _HOLDER.findall(text) for name in names if name}
    lines = LineNumbers(text)
    weak = not evident and not _ASKED.search(text) and not _AWS.search(text)
    mixed = _OTHER.search(text) is not None
    for call in _CALL.finditer(text):
        name = spellings().get(call["name"] or call["ruby"])
        owner = call["owner"] or call["bare"]
        if name is None or (call["ruby"] and kind != Kind.RUBY) or strings.hold(call.start()):
            continue
        known = owner in holders or _PINPOINT.search(owner) is not None
        asked = _ASKED.search(text, call.end(), call.end() + _NEAR)
        if known or (evident and not mixed) or (asked and not mixed):
            yield Found(lines.at(call.start()), Role.CALL, name=name, weak=weak)
    # `client['putEvents'](...)`, or a name that is handed on.
    for call in _NAMED.finditer(text) if Role.CLIENT in roles and not mixed else ():
        name = spellings().get(call["name"])
        if name and operations()[name].state in (State.SERVED, State.OFF):
            yield Found(lines.at(call.start()), Role.CALL, name=name)


def _commands(text: str, strings: Strings) -> Iterator[Found]:
    """`new PutEventsCommand(` is EventBridge's too: its import tells."""
    ours: dict[str, str] = {}  # the name here: Pinpoint's own, or "" for the whole module
    for names, module in _NAMED_IMPORT.findall(text):
        for name in names.split(",") if _OURS.fullmatch(module) else ():
            spelled = re.sub(r"^\s*type\s+", "", name).replace(":", " as ")
            original, _, alias = spelled.partition(" as ")
            ours[(alias or original).strip()] = original.strip()
    ours |= {name: "" for name, module in _WHOLE_IMPORT.findall(text) if _OURS.fullmatch(module)}
    lines = LineNumbers(text)
    for found in _COMMAND.finditer(text) if ours else ():
        if strings.hold(found.start()):
            continue
        owner, name = found["owner"], found["name"]
        name = name if owner and ours.get(owner) == "" else "" if owner else ours.get(name, "")
        operation = name.removesuffix("Command")
        if name != operation and operation in operations():
            yield Found(lines.at(found.start()), Role.CALL, name=operation)
