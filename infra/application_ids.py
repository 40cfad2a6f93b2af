"""Ids of applications: new ones that nobody guesses, and which of the given ones somebody might."""

import re
import secrets

_BYTES = 16
# Of letters and digits, without what joins words: fewer can be tried out.
_LEAST_CHARACTERS, _LEAST_DISTINCT = 20, 8
# From a letter to a digit or back. Words with a year or a number at the end have few.
_LEAST_CHANGES = 3
_CHANGE = re.compile(r"(?<=[0-9])(?=[a-z])|(?<=[a-z])(?=[0-9])")


def new_application_id() -> str:
    """Return an id as Pinpoint made them, 32 hexadecimal digits."""
    return secrets.token_hex(_BYTES)


def is_guessable(application_id: str) -> bool:
    """Whether an id is short or may be made of words; Pinpoint's own and UUIDs are not."""
    text = re.sub(r"[^a-z0-9]", "", application_id.lower())
    return (
        len(text) < _LEAST_CHARACTERS
        or len(set(text)) < _LEAST_DISTINCT
        or len(_CHANGE.findall(text)) < _LEAST_CHANGES
    )
