"""A Terraform file as its blocks and texts, each with its line, by python-hcl2's parser."""

from collections.abc import Iterator
from typing import Any

from commands.doctor.leaf import Leaf, NotReadError

MAX_CHARACTERS = 200_000  # a parser in Python: a second for some 100,000
_LABELLED = ("resource", "data", "moved", "import")


def terraform(text: str) -> list[Leaf]:
    """Read a file; raises NotReadError. A labelled block is a leaf with a path of its labels."""
    if len(text) > MAX_CHARACTERS:
        raise NotReadError("too long for its parser")
    # Loaded only for a Terraform file that says something of Pinpoint.
    import hcl2
    from lark.exceptions import LarkError

    try:
        return list(_leaves(hcl2.parses_to_tree(text)))
    except (LarkError, ValueError, RecursionError, MemoryError) as error:
        raise NotReadError(f"no hcl: {type(error).__name__}") from None


def _leaves(tree: Any) -> Iterator[Leaf]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        children = getattr(node, "children", None)
        if children is None:
            if getattr(node, "type", "") != "NL_OR_COMMENT":
                yield Leaf((), str(node), node.line or 1)
            continue
        if node.data == "new_line_or_comment":
            continue
        if node.data == "block" and (labels := _labels(children)):
            line, *names = labels
            yield Leaf(tuple(names), "", line)
        waiting.extend(child for child in reversed(children) if child is not None)


def _labels(children: list[Any]) -> list[Any]:
    """The line and the labels of a block: `resource "type" "name"`."""
    tokens = []
    for child in children:
        if getattr(child, "data", "") == "body" or str(child) == "{":
            break
        tokens += _tokens(child)
    if not tokens:
        return []
    return [tokens[0].line or 1, *(str(token).strip('"') for token in tokens if str(token) != '"')]


def _tokens(node: Any) -> list[Any]:
    """The tokens under a node of a block's head, which is not deep."""
    children = getattr(node, "children", None)
    if children is None:
        return [node]
    return [token for child in children if child is not None for token in _tokens(child)]
