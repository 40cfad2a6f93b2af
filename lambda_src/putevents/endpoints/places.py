"""The places that a user has for endpoints, and which device gives its own to a new one."""

from collections import defaultdict

from putevents.endpoints.item import (
    EFFECTIVE_DATE,
    FORMER_USER,
    STATUS,
    USER_ID,
    Item,
    Member,
    Members,
)
from putevents.endpoints.store import check_time
from putevents.endpoints.work import Work
from putevents.wire.rules import MAX_ENDPOINTS_PER_USER
from putevents.wire.schemas import DEVICE_CHANNELS
from putevents.wire.timestamps import milliseconds


class Places:
    """The endpoints of users as one request sees them: an index need not show its writes yet."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._found: dict[str, list[str]] = {}
        self._joined: defaultdict[str, list[str]] = defaultdict(list)

    def join(self, user_id: str, key: str) -> None:
        """Note an endpoint that the request has given to a user."""
        self._joined[user_id].append(key)

    def make_room(self, user_id: str, key: str, joining: Members, stamp: str) -> bool:
        """Whether a user can have one endpoint more; the oldest device leaves for another one."""
        others = [other for other in self._of_user(user_id) if other != key]
        if len(others) < MAX_ENDPOINTS_PER_USER:
            return True
        check_time(self._work.time_left)
        found = self._work.read(others)
        items = {id_: item for id_, item in found.items() if item.user_id == user_id}
        if len(items) < MAX_ENDPOINTS_PER_USER:
            return True
        channel = joining.get("ChannelType")
        devices = [id_ for id_ in items if items[id_].value("ChannelType") in DEVICE_CHANNELS]
        if not channel or channel.value not in DEVICE_CHANNELS or not devices:
            return False
        oldest = min(devices, key=lambda id_: (*_updated(items[id_]), id_))
        left = {USER_ID: "", FORMER_USER: user_id, STATUS: "INACTIVE"}
        members = {name: Member(value, stamp) for name, value in left.items()}
        check_time(self._work.time_left)
        self._work.write_to_other(oldest, members)
        return True

    def _of_user(self, user_id: str) -> list[str]:
        if user_id not in self._found:
            self._found[user_id] = self._work.find_by_user(user_id)
        return list(dict.fromkeys(self._found[user_id] + self._joined[user_id]))


def _updated(item: Item) -> tuple[int, str]:
    """When an endpoint was last updated, by its client's clock, then by ours."""
    try:
        moment = milliseconds(item.value(EFFECTIVE_DATE))
    except (TypeError, ValueError):  # stored by an earlier version, without a date or with any text
        moment = int(item.latest.partition("-")[0] or item.created)
    return moment, item.latest
