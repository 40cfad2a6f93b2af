"""The cells of a notebook, as one Python file whose lines know where they stand in the notebook."""

from collections.abc import Iterator
from dataclasses import replace

from commands.doctor.file_kinds import Kind
from commands.doctor.find_python import find_python
from commands.doctor.find_texts import find_texts
from commands.doctor.found import Found
from commands.doctor.leaves import leaves


def find_notebook(text: str) -> Iterator[Found]:
    """Find what its code cells use; raises NotReadError."""
    program: list[str] = []
    lines: list[int] = []  # of each line of the program, in the notebook
    code = True
    for leaf in leaves(Kind.JSON, text):
        if leaf.path[-1:] == ("cell_type",) and leaf.text:
            code = leaf.text == "code"
        elif code and leaf.path[-1:] == ("source",):
            for line in leaf.text.splitlines():
                if line.lstrip().startswith(("!", "%")):  # a shell's command, or IPython's
                    yield from find_texts(line.replace("!", " ", 1), leaf.line)
                    line = line[: len(line) - len(line.lstrip())] + "pass"
                program.append(line)
                lines.append(leaf.line)
    for use in find_python("\n".join(program)):
        yield replace(use, line=lines[use.line - 1])
