"""AWS's CLI takes the `aws` commands of the pages, and sends what they say; all in one process."""

import re

import pytest

from tests.commands.documented_reasons import MENTIONED_ELSEWHERE
from tests.commands.documented_shell import Typed, mentioned, typed
from tests.commands.page_reader import Reader
from tests.commands.page_reader import _reader as _reader  # a fixture
from tests.commands.test_documented_shell import OF_AWS, named

NAMED = [
    one
    for one in mentioned()
    if one.text.startswith("aws ") and not one.text.startswith(tuple(MENTIONED_ELSEWHERE))
]
# What a reader puts in the place of a file, of dots and of a bucket.
OWN = (
    (r" > \S+$| +#.*$", ""),
    (r"file://\S+", "{}"),
    (r"(?<=[ =])\.\.\.", "1"),
    (r"\bBUCKET\b|my-releases", "s3-bucket"),
    (r"s3api (.*)\bNAME\b", r"s3api \1s3-bucket"),
    (r"dist/1\.0\.\d", "docs/images"),
)


@pytest.fixture(name="told", scope="module")
def _told(reader: Reader) -> dict[str, tuple[int, int, str]]:
    """What the CLI did with each command: its status, its requests, its complaint."""
    commands = [*OF_AWS, *NAMED]
    calls = list[list[str]]()
    for one in commands:
        text = one.text
        for written, own in OWN:
            text = re.sub(written, own, text)
        names = re.findall(r"\$(\w+)", text)
        calls.append(reader.words(text, "aws", **{name: name for name in names}))
    told = reader.calls("tests.commands.aws_called", calls)
    return {one.text: (*each,) for one, each in zip(commands, told, strict=True)}


@pytest.mark.parametrize("typed", named([*OF_AWS, *NAMED]))
def test_the_cli_sends_what_a_command_of_aws_says(
    typed: Typed, told: dict[str, tuple[int, int, str]]
) -> None:
    status, requests, said = told[typed.text]

    if re.fullmatch(r"aws [\w-]+ [\w-]+", typed.text) and "are required" in said:
        assert requests == 0  # an operation's name, which the CLI knows
        return
    assert status == 0, said
    assert requests >= 1


def test_there_are_commands_of_many_services() -> None:
    services = {one.text.split()[1] for one in [*OF_AWS, *NAMED]}

    assert services >= {"athena", "cloudwatch", "dynamodb", "events", "kinesis", "lakeformation"}
    assert services >= {"cloudformation", "s3", "service-quotas", "sqs", "sts"}
    assert {one.text.split()[1] for one in typed() if one.text.startswith("aws ")} <= {
        *services, "configure", "pinpoint",
    }  # fmt: skip
