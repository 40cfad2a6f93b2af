"""The prompt of `sql`: statements until `;`, and a few commands that begin with a dot."""

import sys
import textwrap
from collections.abc import Iterator

from commands.sql.answer import shown
from commands.sql.calls import function_names
from commands.sql.dialect import SqlError
from commands.sql.lake_views import TABLES
from commands.sql.statements import Statements
from commands.sql.stoppable import ask
from commands.sql.stored_lake import StoredLake, StoreError
from infra.queries import named_queries
from infra.tables import VIEWS

HELP = """\
Athena's SQL over what `make run` has stored; a statement ends with ;
.tables     the tables and views with their columns
.queries    the named queries
.functions  the functions that you can use
.run NAME   run one of them
.quit       leave, as exit, quit and Ctrl-D do"""

_BOM = "\ufeff"  # some editors begin a file with it
_LEAVING = ("exit", "quit")  # as other prompts know them
_SHOWN = 60  # characters of a statement that is wrong


class Prompt:
    """Reads from the terminal, or from a pipe without prompting."""

    def __init__(self, lake: StoredLake) -> None:
        self._lake = lake
        self._interactive = sys.stdin.isatty()
        self._failed, self._is_first = False, True
        self._typed = Statements()
        self._number = 0  # of the statement
        self._queries = {query.file: query for query in named_queries()}

    def run(self) -> int:
        """Answer until the end of the input; the exit status, which for a terminal is 0."""
        if self._interactive:
            import readline  # noqa: F401 # gives input() its history and line editing

            print(HELP)
        for text in self._statements():
            if text == ".quit" or self._is_word_to_leave(text):
                break
            self._answer(text)
        return int(self._failed and not self._interactive)

    def _answer(self, text: str) -> None:
        try:
            if text.startswith("."):
                print(self._command(*text.split(maxsplit=1)), flush=True)
            else:
                self._number += 1
                print(shown(ask(self._lake, text)), flush=True)
        except (SqlError, StoreError) as error:
            print(f"{self._place(text)}{error}", file=sys.stderr)
            self._failed = True
        except KeyboardInterrupt:
            if not self._interactive:
                raise
            print("\nStopped.")
            self._typed.clear()

    def _is_word_to_leave(self, text: str) -> bool:
        """At a terminal; no statement is one of these words."""
        return self._interactive and text.lower() in _LEAVING

    def _place(self, text: str) -> str:
        """Which statement an error is of, where that is not plain to see."""
        if text.startswith(".") or (self._interactive and self._typed.is_alone):
            return ""
        number = "" if self._interactive else f" {self._number}"
        return f"Statement{number}, {textwrap.shorten(text, _SHOWN, placeholder=' ...')}: "

    def _command(self, command: str, argument: str = "") -> str:
        if command == ".tables":
            return _tables()
        if command == ".functions":
            return textwrap.fill(", ".join(function_names()), 100)
        if command == ".queries":
            return "\n".join(
                f"{q.file}\n    {q.name}. {q.description}" for q in self._queries.values()
            )
        if command == ".run":
            if argument not in self._queries:
                raise SqlError(f"No query is named {argument!r}; .queries lists them.")
            query = self._queries[argument]
            return f"{query.name}\n\n{shown(ask(self._lake, query.sql))}"
        if command == ".help":
            return HELP
        raise SqlError(f"There is no {command}; .help lists what there is.")

    def _statements(self) -> Iterator[str]:
        """Each whole statement or command; a Ctrl-C forgets what is being typed."""
        while True:
            while text := self._typed.take():
                yield text
            try:
                line = self._line("   ...> " if self._typed.is_open else "athena> ")
                if not self._typed.is_open and self._is_word_to_leave(line.strip()):
                    break
                self._typed.add(line)
            except KeyboardInterrupt:
                if not self._interactive:
                    raise
                print()
                self._typed.clear()
            except EOFError:
                break
        if text := self._typed.rest():  # a pipe may end without the last ;
            yield text

    def _line(self, prompt: str) -> str:
        line = input(prompt if self._interactive else "")
        is_first, self._is_first = self._is_first, False
        return line.removeprefix(_BOM) if is_first else line


def _tables() -> str:
    columns = {**TABLES, **VIEWS}
    return "\n".join(
        f"{name}\n" + "\n".join(f"    {column.name}  {column.type}" for column in listed)
        for name, listed in columns.items()
    )
