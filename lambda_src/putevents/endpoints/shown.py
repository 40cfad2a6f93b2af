"""An item as the endpoint that Pinpoint's GetEndpoint shows."""

from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from putevents.endpoints.item import (
    FORMER_SINCE,
    FORMER_USER,
    SAID,
    USER_ATTRIBUTES,
    USER_ID,
    USER_TIMES,
    Item,
)
from putevents.wire.schemas import EndpointResponse


def response(
    application_id: str, endpoint_id: str, item: Item, user: Item | None
) -> EndpointResponse:
    """The endpoint as Pinpoint shows it; `user` holds what all endpoints of its user share.

    Its id is shown in the letters in which it came first, and else as it is given.
    """
    endpoint_id = item.spelled or endpoint_id
    shown: dict[str, Any] = {
        "ApplicationId": application_id,
        "Id": endpoint_id,
        # Pinpoint drew the cohort at random; computed, it is the same in every store.
        "CohortId": str(crc32(endpoint_id.encode()) % 100),
        "EndpointStatus": "ACTIVE",
        "OptOut": "ALL",
        "CreationDate": iso(item.created),
    }
    attributes = user.members if user else {}
    if not item.user_id:
        attributes = item.attributes_since_last_user()
    for name, (value, _) in (item.members | attributes).items():
        # Members of an object are stored under its name and theirs; a key may hold dots itself.
        group, dot, member = name.partition(".")
        if not dot:
            shown[name] = value
        elif group != "User":
            shown.setdefault(group, {})[member] = value
        elif name in attributes:
            person = shown.setdefault("User", {})
            person.setdefault("UserAttributes", {})[name.removeprefix(USER_ATTRIBUTES)] = value
        elif name == USER_ID and value:
            shown.setdefault("User", {})["UserId"] = value
    for name in (FORMER_USER, FORMER_SINCE, USER_TIMES, SAID.removesuffix(".")):
        shown.pop(name, None)
    return shown  # type: ignore[return-value]


def iso(milliseconds: int) -> str:
    """Unix time in ms as a date in ISO 8601."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"
