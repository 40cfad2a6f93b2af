"""Choices read from bytes, so that whoever changes the bytes changes what is chosen."""

from collections.abc import Sequence
from typing import TypeVar

ThingT = TypeVar("ThingT")


class Choices:
    """Reads choices from bytes; once they are used up the first of everything is chosen."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def below(self, limit: int) -> int:
        """Return a number from 0 up to, not including, the limit."""
        if limit <= 256:  # nearly always, so this is quick
            self._at += 1
            return self._data[self._at - 1] % limit if self._at <= len(self._data) else 0
        width = 2 if limit <= 65536 else 4
        chosen = int.from_bytes(self._data[self._at : self._at + width], "little")
        self._at += width
        return chosen % limit

    def pick(self, things: Sequence[ThingT]) -> ThingT:
        """Return one of some things."""
        return things[self.below(len(things))]

    def rarely(self, one_in: int) -> bool:
        """Return True once in so many times; never when the bytes are used up."""
        return self.below(one_in) == one_in - 1

    def rest(self) -> bytes:
        """Return what was not read yet."""
        return self._data[self._at :]
