"""One file: how it is read, and what all finders find in it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from commands.doctor import find_packages, find_resources, find_settings
from commands.doctor.file_kinds import Kind, kind_of
from commands.doctor.file_text import is_minified, read
from commands.doctor.find_calls import find_calls
from commands.doctor.find_notebook import find_notebook
from commands.doctor.find_programs import find_programs
from commands.doctor.find_python import find_python
from commands.doctor.find_texts import find_texts
from commands.doctor.find_variable import NAME, find_variable
from commands.doctor.found import Found, Role
from commands.doctor.leaf import Leaf, NotReadError
from commands.doctor.leaves import leaves
from commands.doctor.strings import Strings
from commands.doctor.terraform import terraform
from commands.doctor.without_comments import without_comments

# Amplify JS says `aws-amplify/analytics`, and nothing of Pinpoint. A call may use another file's
# client.
_CALLS = (b"putevents", b"put_events", b"updateendpoint", b"update_endpoint")
_MORE_WORDS = {
    Kind.JAVASCRIPT: (b"amplify", *_CALLS), Kind.JSON: (b"amplify", b"aws-sdk"),
    Kind.PYTHON: _CALLS, Kind.NOTEBOOK: _CALLS, Kind.PHP: _CALLS, Kind.RUBY: _CALLS,
}  # fmt: skip
_DATA = (Kind.JSON, Kind.YAML, Kind.TOML, Kind.XML)


class Scanned(NamedTuple):
    """What a file holds, and how it could be read."""

    found: tuple[Found, ...] = ()
    searched: bool = False  # it was opened and is text of a kind that is read
    minified: bool = False
    plainly: str = ""  # why its parser could not read it
    cut: bool = False
    missed: bool = False  # and what was cut off is of interest


def scan(path: str, relative: str) -> Scanned:
    """Search a file; raises OSError."""
    kind = kind_of(relative)
    if kind is None:
        return Scanned()
    text, cut, missed = read(path, *_MORE_WORDS.get(kind, ()))
    if not text:
        return Scanned(searched=True, cut=cut, missed=missed)
    if kind == Kind.JAVASCRIPT and is_minified(text):
        return Scanned(minified=True)
    why = ""
    try:
        found = [*_parsed(kind, relative, text)]
    except NotReadError as error:
        why = str(error)
        found = [*_plain(kind, relative, text)]
    found += find_settings.in_path(relative, text)
    if NAME in text:
        found += find_variable(without_comments(kind, text))
    return Scanned(_distinct(found), searched=True, plainly=why, cut=cut, missed=missed)


def _parsed(kind: Kind, relative: str, text: str) -> Iterator[Found]:
    """What a file holds, as its parser reads it, or as the text of a program without comments."""
    if kind in _DATA:
        read_leaves = leaves(kind, text)
        for finder in (find_settings.in_leaves, find_resources.in_leaves):
            yield from finder(read_leaves)
        yield from find_packages.in_leaves(relative, read_leaves)
        yield from _texts(read_leaves)
        if kind == Kind.XML:
            yield from _classes(read_leaves)
    elif kind == Kind.HCL:
        read_leaves = terraform(text)
        yield from find_resources.in_terraform(read_leaves)
        yield from _texts(read_leaves)
    elif kind == Kind.NOTEBOOK:
        yield from find_notebook(text)
    elif kind == Kind.PYTHON:
        yield from find_python(text)
        bare = without_comments(kind, text)
        yield from find_resources.in_program(bare, Strings(kind, bare))
        yield from find_packages.in_text(relative, bare)
    else:
        yield from _plain(kind, relative, text)


def _texts(read_leaves: list[Leaf]) -> Iterator[Found]:
    for leaf in read_leaves:
        # A key that is a variable's name, and what a text says.
        yield from find_texts(leaf.text or (leaf.path[-1] if leaf.path else ""), leaf.line, True)
        if "\n" in leaf.text and "pinpoint" in leaf.text.lower():
            yield from (replace(use, line=use.line + leaf.line - 1) for use in _inside(leaf.text))


def _classes(read_leaves: list[Leaf]) -> Iterator[Found]:
    """The classes that an Android manifest names."""
    for leaf in read_leaves:
        if "pinpoint" in leaf.text:
            for use in find_programs(Kind.JVM, leaf.text, Strings()):
                yield replace(use, line=leaf.line)


def _inside(text: str) -> list[Found]:
    """The program that a template holds, as `ZipFile` does."""
    try:
        return [*find_python(text)]
    except NotReadError:
        bare = without_comments(Kind.JAVASCRIPT, text)
        strings = Strings(Kind.JAVASCRIPT, bare)
        found = [*find_programs(Kind.JAVASCRIPT, bare, strings)]
        return [*found, *find_calls(Kind.JAVASCRIPT, bare, found, strings)]


def _plain(kind: Kind, relative: str, text: str) -> Iterator[Found]:
    """The same of a text without comments."""
    bare = without_comments(kind, text)
    language = Kind.JAVASCRIPT if kind in _DATA else kind  # whose objects look like data
    if kind == Kind.NOTEBOOK:
        language, bare = Kind.PYTHON, bare.replace('\\"', "'")  # its cells stand in JSON's texts
    # Data has programs in its strings, and pages have them in attributes.
    is_program = language == kind and not relative.endswith((".vue", ".svelte", ".astro"))
    strings = Strings(kind, bare) if is_program and kind != Kind.SHELL else Strings()
    found = [*find_programs(language, bare, strings)]
    yield from found
    yield from find_calls(language, bare, found, strings)
    yield from find_texts(bare, strings=strings)
    yield from find_resources.in_program(bare, strings)
    yield from find_packages.in_text(relative, bare)
    if kind == Kind.HCL:
        yield from find_resources.in_terraform_text(bare)


def _distinct(found: list[Found]) -> tuple[Found, ...]:
    """Each once, by line: an import only the first time, and not beside its client."""
    said = {use.subject for use in found if use.role == Role.CLIENT}
    said |= {use.role.value for use in found}
    imported: set[str] = set()
    once: dict[tuple[int, str, str, str], Found] = {}
    for use in sorted(found, key=_order):
        if said & {*use.unless} or (use.role == Role.IMPORT and use.subject in imported):
            continue
        if use.role == Role.IMPORT:
            imported.add(use.subject)
        if use.pointed or _order(use) not in once:
            once[_order(use)] = use
    return tuple(once.values())


def _order(use: Found) -> tuple[int, str, str, str]:
    return use.line, use.role, use.subject, use.name
