"""The id of an application that a command is given: text that the path of a request can carry."""

from typing import Any

import click


def complaint(text: str) -> str:
    """What is wrong with an id; empty if nothing is. Other servers than this may serve others."""
    if not text.isprintable():
        return "The application id holds a character that is not printable"
    if text.strip() in ("", ".", ".."):  # HTTP clients take these out of a path
        return f"The application id should not be {text!r}"
    return ""


class ApplicationId(click.ParamType[str]):
    """An application id; what cannot be one is told before anything is sent."""

    name = "text"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Return it as it is."""
        if why := complaint(str(value)):
            self.fail(f"{why}.", param, ctx)
        return str(value)
