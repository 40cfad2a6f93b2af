"""The texts of an XML file, whose entities are not read."""

from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from commands.doctor.leaf import MAX_DEPTH, Leaf


def xml_leaves(text: str) -> Iterator[Leaf]:
    """Elements and attributes; a file that declares entities is not read on."""
    parser = expat.ParserCreate("utf-8")
    open_elements: list[str] = []
    texts: list[list[str]] = []
    told: list[Leaf] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        open_elements.append(name)
        texts.append([])
        path = tuple(open_elements[-MAX_DEPTH:])
        told.extend(
            Leaf((*path, key), value, parser.CurrentLineNumber) for key, value in attributes.items()
        )

    def end(_: str) -> None:
        path = tuple(open_elements[-MAX_DEPTH:])
        told.append(Leaf(path, "".join(texts.pop()).strip(), parser.CurrentLineNumber))
        open_elements.pop()

    def entity(*_: Any) -> None:
        raise ValueError("entities")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda part: texts[-1].append(part) if texts else None
    parser.EntityDeclHandler = entity
    parser.Parse(text.encode("utf-8", "replace"), True)
    yield from told
