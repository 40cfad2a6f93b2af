"""What an endpoint says of its user again need not be written to the user's item again.

Of all updates the newest decides the value of a user's attribute. An endpoint therefore notes in
its own item, which each of its updates writes anyway, what it last said of which user, and when. An
update that is older and says something else looks there before it changes the user's item.
"""

from base64 import b64encode
from collections.abc import Iterable
from zlib import crc32

from pydantic_core import to_json

from putevents.endpoints.item import SAID, USER_ATTRIBUTES, Item, Member, Members, Value
from putevents.endpoints.keys import user_key
from putevents.endpoints.people import People
from putevents.endpoints.work import Work

_CRC = 4  # bytes


def said(user_id: str, attributes: Members) -> Members:
    """What an endpoint notes in its own item about the attributes of a user that it stated."""
    return {
        _note(name): Member(_digest(user_id, member.value), member.stamp)
        for name, member in attributes.items()
    }


def is_repeated(user_id: str, name: str, member: Member, endpoint: Item, user: Item) -> bool:
    """Whether an attribute of the user is stored already, as this endpoint said it last.

    If the endpoint has said something else since, that may be on its way to the user's item.
    """
    noted, stored = endpoint.members.get(_note(name)), user.members.get(name)
    other = endpoint.members.get(name)  # set without a user's id
    return (
        noted is not None
        and stored is not None
        and stored.value == member.value
        and noted.value == _digest(user_id, member.value)
        and max(noted.stamp, stored.stamp) <= member.stamp
        and (other is None or other.stamp <= noted.stamp)
    )


def repeated_until(user_id: str, name: str, user: Item, endpoints: Iterable[Item]) -> str:
    """The stamp of the last update that stated the stored value of a user's attribute."""
    stored = user.members[name]
    digest = _digest(user_id, stored.value)
    noted = (item.members.get(_note(name)) for item in endpoints)
    return max([stored.stamp, *(m.stamp for m in noted if m and m.value == digest)])


def write_repeated(work: Work, people: People, item: Item) -> None:
    """Write to the user's item what an endpoint has repeated, because it leaves the user."""
    if not item.user_id or not any(name.startswith(SAID) for name in item.members):
        return
    user = people.get(item.user_id)
    later = {}
    for name, stored in user.members.items():
        stamp = repeated_until(item.user_id, name, user, [item])
        if stamp > stored.stamp:
            later[name] = Member(stored.value, stamp)
    if later:
        people.note(item.user_id, work.write_to_other(user_key(item.user_id), later))


def _note(name: str) -> str:
    return SAID + name.removeprefix(USER_ATTRIBUTES)


def _digest(user_id: str, value: Value) -> str:
    return b64encode(crc32(to_json([user_id, value])).to_bytes(_CRC)).decode().rstrip("=")
