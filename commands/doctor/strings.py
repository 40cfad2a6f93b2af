"""Where the strings of a program stand: what is only named in one is no use of it."""

from bisect import bisect_right
from functools import cached_property

from commands.doctor.file_kinds import Kind
from commands.doctor.without_comments import tokens

# What begins code inside of a string.
_CODE = {
    Kind.JAVASCRIPT: "${", Kind.JVM: "${", Kind.DART: "${", Kind.SWIFT: "\\(",
    Kind.CSHARP: "{", Kind.RUBY: "#{", Kind.PHP: "{$",
}  # fmt: skip
_OPENINGS = ('"""', "'''", '@"', '"', "'", "`")


class Strings:
    """The strings of a text without comments, found when they are first asked for."""

    def __init__(self, kind: Kind | None = None, text: str = "") -> None:
        """Without a kind no place stands in a string."""
        self._kind, self._text = kind, text

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        pattern = tokens(self._kind) if self._kind else None
        code = _CODE.get(self._kind) if self._kind else None
        spans = []
        for token in pattern.finditer(self._text) if pattern else ():
            opening = next((o for o in _OPENINGS if token[0].startswith(o)), "")
            ending = opening[-1:] if opening == '@"' else opening
            if not opening or token["comment"]:
                continue
            if len(token[0]) >= 2 * len(ending) and token[0].endswith(ending):
                begun = token[0].find(code) if code else -1
                spans.append((token.start(), token.end() if begun < 0 else token.start() + begun))
            elif token.end() == len(self._text):
                return []  # a quotation mark was none: who knows where strings begin
        return spans

    def start(self, place: int) -> int | None:
        """Where the string begins that a place stands in; None in code, in one too."""
        number = bisect_right(self._spans, (place, -1)) - 1
        if number < 0:
            return None
        start, end = self._spans[number]
        return start if start < place < end else None

    def hold(self, place: int) -> bool:
        """Whether a place stands in a string, behind its quotation mark."""
        return self.start(place) is not None
