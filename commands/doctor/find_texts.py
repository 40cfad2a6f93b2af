"""What any text can say of Pinpoint, in whatever file: permissions, addresses, commands."""

import re
from collections.abc import Iterator

from commands.doctor.find_commands import find_commands
from commands.doctor.found import Found, Role
from commands.doctor.knowledge import operations
from commands.doctor.line_numbers import LineNumbers

_PERMISSION = re.compile(r"(?<![\w:-])mobiletargeting:(\*|[A-Za-z]+\*?)")
_HOST = re.compile(
    r"\bpinpoint(?:-fips)?\.(?:[a-z]{2}(?:-[a-z]+)+-\d|[$#{<%][^\s'\"/]{1,60})\.amazonaws\.com"
)
_PRINCIPAL = re.compile(r"(?<![\w.-])pinpoint\.amazonaws\.com\b")
_SIGNING = re.compile(r"(?<!\w)(['\"])mobiletargeting\1")
_ARN = re.compile(r"\barn:[\w${}.-]+:mobiletargeting:")
_SAID = ("permission", "resource", "call", "client")  # they say more than an ARN
_ASKED = operations()


def find_texts(text: str, line: int = 1, whole: bool = False) -> Iterator[Found]:
    """Find them in a text that begins at `line`; `whole`: the text is one value, without quotes."""
    small = text.lower()
    if "pinpoint" not in small and "mobiletargeting" not in small:
        return
    lines = LineNumbers(text, line)
    for found in _PERMISSION.finditer(text):
        name = found[1]
        if name in _ASKED:
            yield Found(lines.at(found.start()), Role.PERMISSION, name=name)
        else:
            # A name that is no operation's beginning is a text of the file, and is not repeated.
            known = name.endswith("*") and any(o.startswith(name[:-1]) for o in _ASKED)
            name = name if known else "?"
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
