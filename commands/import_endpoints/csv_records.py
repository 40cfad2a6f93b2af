"""The rows of a CSV file: a line each, or several where a quoted value has line breaks in it."""

from collections import deque
from collections.abc import Callable, Iterator

from commands.import_endpoints.lines import MAX_LINE_BYTES, Line

_QUOTE = b'"'


def csv_records(lines: Iterator[Line], is_row: Callable[[Line], bool]) -> Iterator[Line]:
    """Yield the rows; `is_row` says whether a line, or several as one, have a value a column.

    A stray quote opens a value too, and another one far below would close it. So lines are joined
    only if they make a row and none in between is a row by itself: a stray quote spoils one line.
    """
    waiting: deque[Line] = deque()

    def next_line() -> Line | None:
        return waiting.popleft() if waiting else next(lines, None)

    while (line := next_line()) is not None:
        if not _is_open(line) or is_row(line):
            yield line
            continue
        taken, whole = [line], line
        while (more := next_line()) is not None:
            taken.append(more)
            whole = whole.joined(more)
            is_over = not _is_open(whole) or len(whole.raw) >= MAX_LINE_BYTES
            if is_over or is_row(more):
                break
        if len(taken) > 1 and not _is_open(whole) and is_row(whole):
            yield whole
        else:
            waiting.extendleft(reversed(taken[1:]))
            yield line


def _is_open(line: Line) -> bool:
    # A quote inside of a value is written twice.
    return line.raw.count(_QUOTE) % 2 == 1
