"""Text that every destination can store: Unicode without a lone half of a surrogate pair."""

from urllib.parse import unquote

from putevents.errors import BadRequestError

MAX_FOREIGN_CHARACTERS = 160


def is_unicode(text: str) -> bool:
    """Whether no half of a surrogate pair stands alone in it, which no destination can store."""
    return text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text)


def storable(text: str) -> str:
    """Return a text with a question mark for each half that stands alone."""
    return text.encode("utf-8", "replace").decode()


def foreign(text: str) -> str:
    """Return another server's text as people are shown it: its beginning, and nothing hidden."""
    return "".join(c if c.isprintable() else " " for c in text[:MAX_FOREIGN_CHARACTERS])


def path_text(segment: str) -> str:
    """Return a segment of a path, decoded; raises BadRequestError if it is no UTF-8."""
    text = unquote(segment, errors="surrogateescape")
    if not is_unicode(text):
        # Decoded leniently, ids that differ would become one.
        raise BadRequestError("The path should be valid UTF-8.")
    return text
