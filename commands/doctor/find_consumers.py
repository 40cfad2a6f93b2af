"""What may read Pinpoint's event stream: clients of Kinesis and Firehose, and functions."""

import re
from collections.abc import Iterator

from commands.doctor.file_kinds import Kind
from commands.doctor.found import Found, Role
from commands.doctor.line_numbers import LineNumbers
from commands.doctor.without_comments import without_comments

# Words of a file in which there may be one.
WORDS = (b"kinesis", b"firehose")
# A notebook's quotation marks are escaped.
_READS = re.compile(
    r"""\b(?:client|create_client|resource)\s*\(\s*(?:service_name\s*=\s*)?\\?['"](?:kinesis|firehose)\\?['"]"""
    r"""|\bnew\s+(?:\w+[.\\])*(?:Amazon)?(?:Kinesis|KinesisFirehose|Firehose)(?:Async)?(?:Client)?\s*\("""
    r"""|\b(?:Amazon)?(?:Kinesis|KinesisFirehose|Firehose)(?:Async)?Client(?:Builder)?\s*(?:\.\s*(?:builder|create|standard|defaultClient|fromEnvironment)\s*[({]|\{)"""
    r"""|\b(?:kinesis|firehose)\.New(?:FromConfig)?\s*\("""
    r"""|\bAws::(?:Kinesis|Firehose)::Client\.new\b|\baws_sdk_(?:kinesis|firehose)::Client::new\b"""
    # A function that a stream calls.
    r"""|\[\s*\\?['"]kinesis\\?['"]\s*\]\s*\[\s*\\?['"]data\\?['"]\s*\]|\.\s*kinesis\s*\??\.\s*data\b"""
)
_PROGRAMS = frozenset(
    [
        Kind.PYTHON, Kind.NOTEBOOK, Kind.JAVASCRIPT, Kind.JVM, Kind.SWIFT, Kind.GO, Kind.CSHARP,
        Kind.PHP, Kind.RUBY, Kind.RUST,
    ]
)  # fmt: skip


def words_of(kind: Kind) -> tuple[bytes, ...]:
    """The words that make a file of this kind worth reading."""
    return WORDS if kind in _PROGRAMS else ()


def find_consumers(kind: Kind, text: str) -> Iterator[Found]:
    """Find them in a program's text."""
    small = text.lower()
    if kind not in _PROGRAMS or not any(word.decode() in small for word in WORDS):
        return
    lines, bare = LineNumbers(text), without_comments(kind, text)
    for line in {lines.at(found.start()) for found in _READS.finditer(bare)}:
        yield Found(line, Role.CONSUMER, "stream-consumer")
