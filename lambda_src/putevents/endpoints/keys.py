"""The ids under which items are stored, and the values that every store can hold."""

from putevents.endpoints.item import ADDRESS, USER_ID, Members

# The limits of DynamoDB, so that every store gives the same answer.
_MAX_KEY_BYTES = 1024
_MAX_ADDRESS_BYTES = 2048
_MAX_NUMBER = 1e126


def endpoint_key(id_: str) -> str:
    """The id of an endpoint's item: ids that differ in case only are one endpoint's."""
    return id_.casefold()


def is_endpoint_id(id_: str) -> bool:
    """Whether an endpoint can have this id; one with a `$` would lead to an item of a user."""
    return "$" not in id_ and _is_key(id_) and _is_key(endpoint_key(id_))


def is_user_id(user_id: str) -> bool:
    """Whether a user can have this id; an empty one means that nobody is signed in."""
    return user_id != "" and _is_key(user_key(user_id))


def user_key(user_id: str) -> str:
    """The id of the item with the attributes that all endpoints of a user share."""
    return f"$user/{user_id}"


def is_user_key(key: str) -> bool:
    """Whether an item is a user's."""
    return key.startswith(user_key(""))


def can_hold(members: Members) -> bool:
    """Whether a store can hold each of the values; their sum may still be too large for it."""
    user_id = str(members[USER_ID].value) if USER_ID in members else ""
    address = str(members[ADDRESS].value) if ADDRESS in members else ""
    numbers = (member.value for member in members.values() if isinstance(member.value, float))
    return (
        (not user_id or is_user_id(user_id))
        and len(address.encode()) <= _MAX_ADDRESS_BYTES
        and all(abs(number) < _MAX_NUMBER for number in numbers)
    )


def _is_key(id_: str) -> bool:
    return 0 < len(id_.encode()) <= _MAX_KEY_BYTES
