"""Move an import of a dependency from its module into the functions that use it.

A cold start then does not execute what no answer needs. Python 3.15 has `lazy import` for that.
"""

import ast
from pathlib import Path

# asyncio is for coroutines, of which there are none here: 29 modules, a twentieth of a cold start.
DEFERRED = {
    "aws_lambda_powertools/event_handler/appsync.py": "asyncio",
    "aws_lambda_powertools/event_handler/events_appsync/appsync_events.py": "asyncio",
    "aws_xray_sdk/core/async_context.py": "asyncio",
    "wrapt/synchronization.py": "asyncio",
}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class NotDeferrableError(Exception):
    """A dependency has changed; the message says what to do."""


def defer(folder: Path) -> None:
    """Rewrite the files of `DEFERRED`; raise NotDeferrableError if one is not as it was."""
    for name, module in DEFERRED.items():
        file = folder / name
        try:
            file.write_text(moved(file.read_text(), module))
        except (OSError, NotDeferrableError) as error:
            raise NotDeferrableError(
                f"{name} cannot import {module} later ({error}): see DEFERRED in infra/defer.py."
            ) from None


def moved(source: str, module: str) -> str:
    """Return the source with `import module` at the start of each function that uses it."""
    tree, lines = ast.parse(source), source.splitlines(keepends=True)
    statements = [
        node
        for node in tree.body
        if isinstance(node, ast.Import) and ast.unparse(node) == f"import {module}"
    ]
    if len(statements) != 1:
        raise NotDeferrableError("it does not import it as such")
    used = {node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == module}
    starts = set()
    for function in _outermost_functions(tree):
        inside = {node for part in function.body for node in ast.walk(part)} & used
        if inside:
            starts.add(_first_line(function))
            used -= inside
    if used:
        raise NotDeferrableError(f"line {min(n.lineno for n in used)} uses it outside functions")
    for line in sorted(starts, reverse=True):
        text = lines[line - 1]
        indent = text[: len(text) - len(text.lstrip())]
        lines.insert(line - 1, f"{indent}import {module}\n")
    lines[statements[0].lineno - 1] = "\n"
    return "".join(lines)


def _outermost_functions(tree: ast.AST) -> list[_Function]:
    found: list[_Function] = []
    for node in ast.iter_child_nodes(tree):
        found += [node] if isinstance(node, _Function) else _outermost_functions(node)
    return found


def _first_line(function: _Function) -> int:
    """The line of the first statement that is not the docstring."""
    body = function.body
    has_text = ast.get_docstring(function, clean=False) is not None
    if has_text and len(body) > 1:
        body = body[1:]
    first = body[0]
    if first.lineno == function.lineno or (has_text and len(function.body) == 1):
        raise NotDeferrableError(f"line {function.lineno} has no line of its own for its body")
    decorators: list[ast.expr] = getattr(first, "decorator_list", [])
    return min([first.lineno, *(decorator.lineno for decorator in decorators)])
