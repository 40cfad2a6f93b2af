"""The verdicts, as the tables beside this file have them, and the spellings of operations."""

import re
import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent


class Verdict(StrEnum):
    """What became of a use; the values are those of `--json`."""

    WORKS = "works"
    RELEASE = "release"
    LIBRARY = "library"
    POINTED = "pointed"
    LIVES = "lives-on"
    UNSURE = "unsure"
    ENDED = "ended"


class State(StrEnum):
    """What became of an operation or a resource."""

    SERVED = "served"
    OFF = "off"
    LIVES = "lives"
    UNSURE = "unsure"
    ENDED = "ended"


class Fate(NamedTuple):
    """What became of an operation or a resource, and what there is instead."""

    state: State
    hint: str
    link: str


class Library(NamedTuple):
    """A client, a library or a setting, and how it is pointed here."""

    what: str
    link: str
    verdict: Verdict = Verdict.WORKS
    line: str = ""
    hint: str = ""
    client: bool = False  # the operations that it calls decide
    native: Verdict | None = None  # in a React Native app
    variable: bool = True  # whether it reads AWS_ENDPOINT_URL_PINPOINT


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


def _fates(name: str, members: str) -> dict[str, Fate]:
    return {
        member: Fate(State(group["state"]), group["hint"], group["link"])
        for group in _table(name)["group"]
        for member in group[members]
    }


@cache
def operations() -> dict[str, Fate]:
    """Each operation by its name."""
    return _fates("operations.toml", "operations")


@cache
def resources() -> dict[str, Fate]:
    """Each resource by its name in lower case, without `_`."""
    return _fates("resources.toml", "names")


@cache
def libraries() -> dict[str, Library]:
    """Each client, library and setting by its key."""
    names = {"lives": Verdict.LIVES}
    told = {}
    for key, row in _table("libraries.toml").items():
        for field in ("verdict", "native"):
            if field in row:
                row[field] = names.get(row[field]) or Verdict(row[field])
        told[key] = Library(**row)
    return told


def resource_key(name: str) -> str:
    """The key in that table, of AWS::Pinpoint::EventStream or aws_pinpoint_event_stream."""
    key = name.removeprefix("AWS::Pinpoint::").removeprefix("aws_pinpoint_")
    return key.replace("_", "").lower()


def words(operation: str) -> list[str]:
    """The words of an operation's name, as botocore divides it: SendOTPMessage is three."""
    return re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z][a-z]+|[A-Z]+", operation)


@cache
def spellings() -> dict[str, str]:
    """Each operation by its spellings: put_events, put-events, putEvents, PutEvents."""
    spelled = {}
    for name in operations():
        parts = [word.lower() for word in words(name)]
        camel = name[0].lower() + name[1:]
        spelled.update(dict.fromkeys([name, camel, "_".join(parts), "-".join(parts)], name))
    return spelled
