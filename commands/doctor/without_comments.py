"""A program's text with its comments blanked, so that what stands in them is no use."""

import re
from functools import cache

from commands.doctor.file_kinds import Kind

# Strings first: what looks like a comment inside of one is none, and is kept. Each takes an end
# that is missing as well, so that the text is gone through once however it was written.
_DOUBLE = r'"(?:\\.|[^"\\\n])*"?'
_SINGLE = r"'(?:\\.|[^'\\\n])*'?"
_LITERAL = r"'[^'\n]*'?"
_TRIPLE = r'"""[\s\S]*?(?:"""|\Z)'
_TRIPLE_SINGLE = r"'''[\s\S]*?(?:'''|\Z)"
_TICKS = r"`(?:\\[\s\S]|[^`\\])*`?"
_RAW_TICKS = r"`[^`]*`?"
# A regular expression stands where a value begins; `/\/*$/` holds no comment.
_REGEX = r"[(,=:\[!&|?{};][ \t]*/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n]){0,200}\]|[^/\\\[\n]){1,500}/"
_SLASHES = r"//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)"
_HASH = r"(?:(?<=\s)|(?<![\s\S]))#[^\n]*"  # at a line's start or after a space
_TAGS = r"<!--[\s\S]*?(?:-->|\Z)"

_TOKENS: dict[Kind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Kind.JSON: ((_DOUBLE,), (_SLASHES,)),
    Kind.YAML: ((_DOUBLE, _SINGLE), (_HASH,)),
    Kind.TOML: ((_TRIPLE, _TRIPLE_SINGLE, _DOUBLE, _LITERAL), (r"#[^\n]*",)),
    Kind.XML: ((), (_TAGS,)),
    Kind.HCL: ((_DOUBLE,), (_SLASHES, r"#[^\n]*")),
    Kind.PYTHON: ((_TRIPLE, _TRIPLE_SINGLE, _DOUBLE, _SINGLE), (r"#[^\n]*",)),
    Kind.JAVASCRIPT: ((_REGEX, _DOUBLE, _SINGLE, _TICKS), (_SLASHES, _TAGS)),
    Kind.JVM: ((_TRIPLE, _DOUBLE, _SINGLE), (_SLASHES,)),
    Kind.SWIFT: ((_TRIPLE, _DOUBLE), (_SLASHES,)),
    Kind.DART: ((_TRIPLE, _TRIPLE_SINGLE, _DOUBLE, _SINGLE), (_SLASHES,)),
    Kind.GO: ((_RAW_TICKS, _DOUBLE, _SINGLE), (_SLASHES,)),
    Kind.CSHARP: ((_TRIPLE, r'@"(?:""|[^"])*"?', _DOUBLE, _SINGLE), (_SLASHES,)),
    Kind.PHP: ((_DOUBLE, _SINGLE), (_SLASHES, r"#(?!\[)[^\n]*")),
    Kind.RUBY: ((_DOUBLE, _SINGLE), (r"^=begin\b[\s\S]*?(?:^=end\b|\Z)", _HASH)),
    Kind.RUST: ((r'"(?:\\[\s\S]|[^"\\])*"?',), (_SLASHES,)),
    Kind.SHELL: ((_DOUBLE, _LITERAL), (_HASH,)),
}
_NO_LINE_END = re.compile(r"[^\n]")


@cache
def tokens(kind: Kind) -> re.Pattern[str] | None:
    """Strings and comments of a kind of text, in the order in which they stand."""
    if kind not in _TOKENS:
        return None
    strings, comments = _TOKENS[kind]
    return re.compile("|".join([*strings, f"(?P<comment>{'|'.join(comments)})"]), re.MULTILINE)


def without_comments(kind: Kind, text: str) -> str:
    """The text with spaces in place of comments; its lines stay where they are."""
    pattern = tokens(kind)
    if pattern is None:
        return text
    return pattern.sub(
        lambda found: _NO_LINE_END.sub(" ", found[0]) if found["comment"] else found[0], text
    )
