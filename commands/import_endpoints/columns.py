"""The columns of a CSV file of endpoints, and a row of it as the object that JSON would hold."""

import csv
from io import StringIO
from typing import Any

from pydantic.alias_generators import to_pascal

from commands.import_endpoints.exported import BadLineError
from putevents.wire.schemas import (
    EndpointDemographic,
    EndpointLocation,
    EndpointUser,
    PublicEndpoint,
    Shape,
)

# Values of a list stand in as many columns of one name.
_LISTS = ("Attributes", "User.UserAttributes")
_NUMBERS = ("Metrics", "Location.Latitude", "Location.Longitude")
_NESTED: dict[str, type[Shape]] = {
    "Demographic": EndpointDemographic,
    "Location": EndpointLocation,
    "User": EndpointUser,
}
# What an export has beside what an endpoint is told by.
_OF_SERVICE = ("Id", "ApplicationId", "CohortId", "CreationDate")
_MAPS = (*_LISTS, "Metrics")


class BadHeaderError(Exception):
    """The first line names no endpoint's members; the text says what is wrong with it."""


class Columns:
    """The members that a header names."""

    def __init__(self, header: str) -> None:
        try:
            names = [name.strip() for name in _split(header)]
        except BadLineError as error:
            raise BadHeaderError(f"The header is not CSV: {error}") from None
        if unknown := [name for name in names if not _is_known(name)]:
            raise BadHeaderError(f"Unknown column: {unknown[0][:100]!r}.")
        if not {"Id", "Address", "User.UserId"} & {*names}:
            raise BadHeaderError("There is no column Id, Address or User.UserId.")
        paths = [_path(name) for name in names]
        if twice := [n for n, p in zip(names, paths, strict=True) if names.count(n) > 1 and
                     ".".join(p[:-1]) not in _LISTS]:  # fmt: skip
            raise BadHeaderError(f"The column {twice[0]} is there twice.")
        self._header = header
        self._paths = paths

    def is_row(self, text: str) -> bool:
        """Whether a text has a value for each column."""
        try:
            return len(_split(text)) == len(self._paths)
        except BadLineError:
            return False

    def endpoint(self, line: str) -> dict[str, Any] | None:
        """The endpoint in a row; None for the header once more, as in files put together."""
        if line == self._header:
            return None
        values = _split(line)
        if len(values) != len(self._paths):
            raise BadLineError(f"{len(values)} values for {len(self._paths)} columns")
        found: dict[str, Any] = {}
        for path, text in zip(self._paths, values, strict=True):
            if text:  # an empty cell says nothing
                _put(found, path, text)
        return found


def _split(line: str) -> list[str]:
    try:
        # Line by line, each with its end, as the reader wants it.
        [values] = csv.reader(StringIO(line, newline=""), strict=True)
    except (csv.Error, ValueError) as error:
        raise BadLineError(f"Not CSV ({error})") from None
    return values


def _put(found: dict[str, Any], path: tuple[str, ...], text: str) -> None:
    *groups, name = path
    place = found
    for group in groups:
        place = place.setdefault(group, {})
    kind = ".".join(groups)
    if kind in _LISTS:
        place.setdefault(name, []).append(text)
    else:
        place[name] = _number(text) if kind == "Metrics" or ".".join(path) in _NUMBERS else text


def _number(text: str) -> float | str:
    """The number; other text stays as it is, for the endpoint's own rule to reject."""
    try:
        return text if "_" in text else float(text)
    except ValueError:
        return text


def _path(name: str) -> tuple[str, ...]:
    """The objects that a member is in and its name; a key may hold dots itself."""
    for group in _MAPS:
        if name.startswith(f"{group}."):
            return (*group.split("."), name.removeprefix(f"{group}."))
    return tuple(name.split("."))


def _is_known(name: str) -> bool:
    return name in _KNOWN or any(name.startswith(f"{group}.") for group in _MAPS)


def _members(shape: type[Shape], prefix: str = "") -> set[str]:
    return {prefix + to_pascal(name) for name in shape.model_fields}


_KNOWN = _members(PublicEndpoint).union(
    _OF_SERVICE, *(_members(shape, f"{group}.") for group, shape in _NESTED.items())
) - {*_NESTED, *_MAPS}
