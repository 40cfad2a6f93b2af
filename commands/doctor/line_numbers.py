"""The line of a place in a text, without going through the text for each."""

from bisect import bisect_left
from functools import cached_property


class LineNumbers:
    """The lines of a text that begins at line `first`."""

    def __init__(self, text: str, first: int = 1) -> None:
        """Go through the text when it is first asked."""
        self._text, self._first = text, first

    @cached_property
    def _ends(self) -> list[int]:
        ends, place = [], self._text.find("\n")
        while place >= 0:
            ends.append(place)
            place = self._text.find("\n", place + 1)
        return ends

    def at(self, place: int) -> int:
        """The line of a place."""
        return self._first + bisect_left(self._ends, place)
