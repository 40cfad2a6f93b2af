"""What a template creates: CloudFormation's and the CDK's types, and Terraform's."""

import re
from collections.abc import Iterable, Iterator

from commands.doctor.found import Found, Role
from commands.doctor.knowledge import resource_key, resources
from commands.doctor.leaf import Leaf
from commands.doctor.line_numbers import LineNumbers
from commands.doctor.strings import Strings

_CLOUDFORMATION = re.compile(r"\bAWS::Pinpoint(Email)?::(\w+)")
_SMS_VOICE = re.compile(r"\bAWS::SMSVOICE::\w+|\baws_pinpointsmsvoicev2_\w+")
_CONSTRUCT = re.compile(r"\b(?:aws_?)?pinpoint\s*\.\s*Cfn([A-Z]\w+)\s*\(", re.I)
_NAMED_CONSTRUCT = re.compile(r"\bCfn([A-Z]\w+)(?:\s*\(|\s*\.\s*Builder)")
_IMPORTED = re.compile(
    r"aws[-_]pinpoint['\"]|aws_pinpoint\s+import|awscdk\.services\.pinpoint\.(?:\*|Cfn)"
)
# `import { aws_pinpoint as pp }`, `const { aws_pinpoint: pp }`, `CfnApp as App`, in Python too.
_RENAMED = re.compile(
    r"\baws_pinpoint\s*(?:\bas\b|:)\s*(?P<module>\w+)|\bCfn(?P<name>[A-Z]\w+)\s*(?:\bas\b|:)\s*(?P<alias>\w+)"
    r"|\*\s*as\s+(?P<all>\w+)\s+from\s*['\"](?:aws-cdk-lib|@aws-cdk)/aws-pinpoint['\"]"
)
_MADE = re.compile(r"\b(?P<owner>\w+)(?:\s*\.\s*Cfn(?P<name>[A-Z]\w+))?\s*\(")
_TERRAFORM = re.compile(r"\baws_pinpoint_(\w+)")
_TERRAFORM_BLOCK = re.compile(r"\b(?:resource|data)\s+\"?aws_pinpoint_(\w+)\"?")
_ENDINGS = re.compile(r"(?:Props|PropsMixin)$")


def in_leaves(leaves: Iterable[Leaf]) -> Iterator[Found]:
    """Types in a CloudFormation template, and keys in Terraform's JSON."""
    for leaf in leaves:
        if leaf.path[-1:] == ("Type",):
            yield from _types(leaf.text, leaf.line)
        elif "resource" in leaf.path[-2:-1] and (found := _TERRAFORM.fullmatch(leaf.path[-1])):
            yield _found(leaf.line, "aws_pinpoint_", found[1])


def in_terraform(leaves: Iterable[Leaf]) -> Iterator[Found]:
    """Blocks of a Terraform file."""
    for leaf in leaves:
        if len(leaf.path) > 1 and leaf.path[0] in ("resource", "data"):
            if found := _TERRAFORM.fullmatch(leaf.path[1]):
                yield _found(leaf.line, "aws_pinpoint_", found[1])
            elif _SMS_VOICE.fullmatch(leaf.path[1]):
                yield Found(leaf.line, Role.SETTING, "sms-voice")


def in_terraform_text(text: str) -> Iterator[Found]:
    """The same in a file that the parser cannot read."""
    lines = LineNumbers(text)
    for found in _TERRAFORM_BLOCK.finditer(text):
        yield _found(lines.at(found.start()), "aws_pinpoint_", found[1])


def in_program(text: str, strings: Strings) -> Iterator[Found]:
    """Constructs of the CDK, and types in templates that a program or plain text holds."""
    seen, lines = set(), LineNumbers(text)
    for line, name in sorted({(lines.at(place), name) for place, name in _renamed(text, strings)}):
        seen.add((line, name))
        yield _found(line, "AWS::Pinpoint::", name)
    for pattern in (_CONSTRUCT, _NAMED_CONSTRUCT if _IMPORTED.search(text) else None):
        for found in pattern.finditer(text) if pattern else ():
            if strings.hold(found.start()):
                continue
            line = lines.at(found.start())
            name = _ENDINGS.sub("", found[1])
            if (line, name) not in seen:
                seen.add((line, name))
                yield _found(line, "AWS::Pinpoint::", name)
    for number, line_text in enumerate(text.split("\n"), 1):
        if "AWS::" in line_text:
            yield from _types(line_text, number)


def _renamed(text: str, strings: Strings) -> Iterator[tuple[int, str]]:
    """Constructs under a name that the file gives to the module or to the class."""
    modules: set[str] = set()
    classes: dict[str, str] = {}
    for found in _RENAMED.finditer(text) if "inpoint" in text else ():
        if found["alias"]:
            classes[found["alias"]] = found["name"]
        else:
            modules.add(found["module"] or found["all"])
    if not _IMPORTED.search(text):
        classes = {}
    for found in _MADE.finditer(text) if modules or classes else ():
        name = found["name"] if found["owner"] in modules else classes.get(found["owner"])
        name = _ENDINGS.sub("", name or "")
        if name and not strings.hold(found.start()):
            yield found.start(), name


def _types(text: str, line: int) -> Iterator[Found]:
    for found in _CLOUDFORMATION.finditer(text):
        if found[1]:
            yield Found(line, Role.SETTING, "email-api")
        else:
            yield _found(line, "AWS::Pinpoint::", found[2])
    for _ in _SMS_VOICE.finditer(text):
        yield Found(line, Role.SETTING, "sms-voice")


def _found(line: int, prefix: str, name: str) -> Found:
    """A resource; a name that the table lacks is a text of the file, and is not repeated."""
    known = resource_key(name) in resources()
    return Found(line, Role.RESOURCE, name=f"{prefix}{name if known else '?'}")
