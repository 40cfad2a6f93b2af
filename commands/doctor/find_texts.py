"""What any text can say of Pinpoint, in whatever file: permissions, addresses, commands."""

import re
from collections.abc import Iterator

from commands.doctor.find_commands import find_commands
from commands.doctor.found import Found, Role
from commands.doctor.knowledge import operations
from commands.doctor.line_numbers import LineNumbers
from commands.doctor.strings import Strings

# IAM tells no upper from lower case in a service's or an action's name.
_PERMISSION = re.compile(r"(?<![\w:-])mobiletargeting:(\*|[A-Za-z]+\*?)", re.IGNORECASE)
# `call mobiletargeting:PutEvents`, but neither `--action-names` nor `for action in`.
_WORD_BEFORE = re.compile(r"(?<![\w:-])(?!in )[A-Za-z]+ ['\"`]?\Z")
_WORD_AFTER = re.compile(r"['\"`]? [a-z]+\b(?!:)")
_HOST = re.compile(
    r"\bpinpoint(?:-fips)?\.(?:[a-z]{2}(?:-[a-z]+)+-\d|[$#{<%][^\s'\"/]{1,60})\.amazonaws\.com"
)
_PRINCIPAL = re.compile(r"(?<![\w.-])pinpoint\.amazonaws\.com\b")
_SIGNING = re.compile(r"(?<!\w)(['\"])mobiletargeting\1")
_ARN = re.compile(r"\barn:[\w${}.-]+:mobiletargeting:")
_SAID = ("permission", "resource", "call", "client")  # they say more than an ARN
_ASKED = {name.lower(): name for name in operations()}


def _is_prose(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether a sentence in a string speaks of a permission."""
    before = _WORD_BEFORE.search(text, start, found.start())
    return before is not None or _WORD_AFTER.match(text, found.end()) is not None


def find_texts(
    text: str, line: int = 1, whole: bool = False, strings: Strings | None = None
) -> Iterator[Found]:
    """Find them in a text that begins at `line`; `whole`: the text is one value, without quotes."""
    small = text.lower()
    if "pinpoint" not in small and "mobiletargeting" not in small:
        return
    lines = LineNumbers(text, line)
    for found in _PERMISSION.finditer(text):
        start = 0 if whole else strings.start(found.start()) if strings else None
        if start is not None and _is_prose(text, max(start, found.start() - 40), found):
            continue
        name = found[1]
        if operation := _ASKED.get(name.lower()):
            yield Found(lines.at(found.start()), Role.PERMISSION, name=operation)
        else:
            # A name that is no operation's beginning is a text of the file, and is not repeated.
            begin = name[:-1].lower() if name.endswith("*") else "?"
            one = next((o for low, o in _ASKED.items() if low.startswith(begin)), None)
            name = f"{one[: len(begin)]}*" if one else "?"
            yield Found(lines.at(found.start()), Role.PERMISSION, "unknown-operation", name)
    for pattern, subject, role in (
        (_HOST, "host", Role.SETTING),
        (_PRINCIPAL, "principal", Role.SETTING),
        (_SIGNING, "signing", Role.SETTING),
        (_ARN, "arn", Role.IMPORT),
    ):
        for found in pattern.finditer(text):
            yield Found(
                lines.at(found.start()), role, subject, unless=_SAID if subject == "arn" else (),
            )  # fmt: skip
    if whole and text == "mobiletargeting":
        yield Found(line, Role.SETTING, "signing")
    yield from find_commands(text, lines)
