"""Cuts what is typed or piped into statements, at each `;` outside of quotes and comments."""

import re

from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import TokenType

from commands.sql.syntax import TrinoSyntax

_BEFORE = re.compile(r"(?:\s+|--[^\n]*\n|/\*.*?\*/)*", re.DOTALL)  # blanks and comments
# Of X'00' the tokenizer reads the value too, which need not be one.
_HEX = re.compile("[xX](?=')")
_OPEN = [TokenType.UNKNOWN]  # instead of the tokens of a text that ends in a quote or comment
_CLOSING = re.compile("""['"]|\\*/""")


class Statements:
    """The text so far; `take` gives what is whole of it."""

    def __init__(self) -> None:
        self._text = ""
        self._searched = 0  # up to here no ; ends a statement
        self._taken = 0

    def add(self, line: str) -> None:
        """One line more, without its end."""
        if not self.is_open:
            self._taken = 0
        self._text += f"{line}\n"

    def clear(self) -> None:
        """Forget what was not taken."""
        self._text, self._searched = "", 0

    @property
    def is_open(self) -> bool:
        """Whether something was typed that is not taken yet."""
        return bool(self._text.strip())

    @property
    def is_alone(self) -> bool:
        """Whether nothing else was typed with what was taken last."""
        return self._taken == 1 and not self.is_open

    def take(self) -> str | None:
        """The next statement without its `;`, or command, which begins with a dot; None for now."""
        while True:
            blank = len(_BEFORE.match(self._text)[0])  # type: ignore[index] # matches nothing too
            self._text, self._searched = self._text[blank:], max(0, self._searched - blank)
            if self._text.startswith("."):
                command, _, rest = self._text.partition("\n")
                return self._cut(command.strip(), rest)
            at = self._text.find(";", self._searched)
            if at < 0:
                self._searched = len(self._text)
                return None
            self._searched = at + 1
            tokens = _tokens(self._text[: self._searched])
            if tokens == _OPEN:  # which only one of these may close
                closing = _CLOSING.search(self._text, self._searched)
                self._searched = closing.end() if closing else len(self._text)
            elif tokens and tokens[-1] == TokenType.SEMICOLON:  # else it is in a comment
                statement = self._cut(self._text[:at], self._text[self._searched :])
                if statement:
                    return statement

    def rest(self) -> str | None:
        """What stands after the last `;`, at the end of it all."""
        text = self._text.strip()
        self.clear()
        return text if _tokens(text) else None

    def _cut(self, taken: str, rest: str) -> str:
        self._text, self._searched = rest, 0
        self._taken += bool(taken)
        return taken


def _tokens(text: str) -> list[TokenType]:
    try:
        return [token.token_type for token in TrinoSyntax().tokenize(_HEX.sub(" ", text))]
    except TokenError:
        return _OPEN
