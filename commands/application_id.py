"""The id of an application that a command is given: text that the path of a request can carry."""

import re
from typing import Any

import click

from infra.names import MAX_LAKE_ID_CHARACTERS, SEGMENT


def complaint(text: str) -> str:
    """What is wrong with an id; empty if nothing is. Other servers than this may serve others."""
    if not text.isprintable():
        return "The application id holds a character that is not printable"
    if text.strip() in ("", ".", ".."):  # HTTP clients take these out of a path
        return f"The application id should not be {text!r}"
    return ""


def serve_complaint(text: str) -> str:
    """Why no gateway can serve an id, `make run` neither; empty if one can."""
    if re.fullmatch(SEGMENT, text):
        return ""
    return (
        f"Nothing can serve the application {text!r}: an id has letters, digits, '.', '_' and '-'."
    )


def lake_complaint(text: str) -> str:
    """Why no deployed lake can serve an id; empty if one can."""
    if re.fullmatch(SEGMENT, text) and len(text) <= MAX_LAKE_ID_CHARACTERS:
        return ""
    return (
        f"No deployed lake can serve the application {text!r}: `applicationIds` takes letters,"
        f" digits, '.', '_' and '-', at most {MAX_LAKE_ID_CHARACTERS} in an id."
    )


class ApplicationId(click.ParamType[str]):
    """An application id; what cannot be one is told before anything is sent."""

    name = "text"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Return it as it is."""
        if why := complaint(str(value)):
            self.fail(f"{why}.", param, ctx)
        return str(value)
