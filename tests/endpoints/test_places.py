"""What a request knows of users' endpoints, beside what an index shows."""

from typing import Any

from putevents.endpoints.item import Item
from putevents.endpoints.people import People
from putevents.endpoints.places import Places


def test_what_was_read_before_does_not_replace_what_was_written_since() -> None:
    """Reads of one request run side by side, and one may end after a later write."""
    known: dict[str, Item] = {}
    work: Any = None  # nothing is looked up
    places = Places(work, known)
    written, read = Item(revision=2), Item(revision=1)
    places.note("phone", written)
    places.note("phone", read)
    assert known == {"phone": written}


def test_a_user_as_it_was_read_before_does_not_replace_what_was_written_since() -> None:
    work: Any = None  # nothing is looked up
    people = People(work)
    written = Item(revision=2)
    for item in (written, Item(revision=1)):
        people.note("u", item)
    assert people.get("u") == written
