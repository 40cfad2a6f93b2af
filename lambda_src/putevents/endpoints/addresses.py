"""Of the endpoints with one address only the one that was updated last is ACTIVE."""

from collections.abc import Iterable
from typing import NamedTuple

from putevents.endpoints.item import ADDRESS, STATUS, Item, Member
from putevents.endpoints.store import StoreError
from putevents.endpoints.work import Work

MAX_WRITES = 1000  # of other endpoints in one request; the retry of what is left does the rest


class Claim(NamedTuple):
    """An endpoint got an address, or became ACTIVE with it; `item` is its own after that."""

    key: str
    address: str
    stamp: str
    item: Item


class TooManyOthersError(StoreError):
    """More endpoints have the address than one request makes INACTIVE."""


def take_addresses(
    work: Work, claims: Iterable[Claim]
) -> tuple[dict[str, Item], set[str], list[StoreError]]:
    """Make the endpoints that have an address of the claims INACTIVE, but for the last claimant's.

    Returns the claimants that became INACTIVE themselves, those whose claim was not settled, and
    what failed. One claim an address is enough, however many endpoints of a request share it.
    """
    newest: dict[str, Claim] = {}
    others: dict[str, list[str]] = {}
    for claim in sorted(claims, key=lambda claim: claim.stamp):
        others.setdefault(claim.address, []).append(claim.key)
        newest[claim.address] = claim
    found, failures = work.do_all(work.find_by_address, newest)
    keys = {
        address: [k for k in dict.fromkeys(others[address] + ids) if k != newest[address].key]
        for address, ids in found.items()
    }
    try:
        items = work.read(key for group in keys.values() for key in group)
    except StoreError as error:
        return {}, {claim.key for claim in newest.values()}, [*failures, error]
    writes = {
        (claim.key, id_): member
        for address, group in keys.items()
        for claim in [newest[address]]
        for id_, member in _writes(claim, {k: items[k] for k in group if k in items})
    }
    unsettled = {newest[address].key for address in newest if address not in found}
    todo = list(writes)[:MAX_WRITES]
    if len(todo) < len(writes):
        failures.append(TooManyOthersError("Too many endpoints have an address."))

    def write(target: tuple[str, str]) -> Item:
        return work.write_to_other(target[1], {STATUS: writes[target]}, unlist=True)

    done, failed = work.do_all(write, todo)
    unsettled |= {key for key, id_ in writes if (key, id_) not in done}
    inactive = {id_: item for (key, id_), item in done.items() if key == id_}
    return inactive, unsettled, failures + failed


def _writes(claim: Claim, others: dict[str, Item]) -> Iterable[tuple[str, Member]]:
    """Which endpoints become INACTIVE; the claimant itself if another one claimed later."""
    newer = ""
    for id_, item in others.items():
        if item.value(ADDRESS) != claim.address:
            continue  # it has another address meanwhile
        claimed = _claimed(item)
        if claimed <= claim.stamp:
            if item.value(STATUS) != "INACTIVE":
                yield id_, Member("INACTIVE", claim.stamp)
        elif claim.item.value(ADDRESS) == claim.address:
            newer = max(newer, claimed)
    if newer:
        yield claim.key, Member("INACTIVE", newer)


def _claimed(item: Item) -> str:
    """The stamp of the last update by which an endpoint had its address to itself."""
    status, address = item.members.get(STATUS), item.members.get(ADDRESS)
    if status and address and status == Member("INACTIVE", address.stamp):
        return ""  # the update that set the address left it to others
    awake = status.stamp if status and status.value == "ACTIVE" else ""
    return max(awake, address.stamp if address else "")
