"""Read and write units of one request, by case: `make table-units` prints."""

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from infra.settings.table_settings import NEW_TABLE_WRITES
from putevents.endpoints.table import EndpointTable
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import PublicEndpoint
from tests.endpoints.application import START, user
from tests.endpoints.billed_table import TABLE, BilledTable
from tests.endpoints.counted_table import items_of

PARTITION = 1_000  # write units a second
NEW_TABLE = NEW_TABLE_WRITES  # a second, and as many of each index
TIMES = 40
_CAPTURED = Path(__file__).parents[1] / "events/requests/aws-sdk-android.json"
HEAD = (
    "what a request says of its endpoint", "read units", "write units: items", "indexes",
    "a new table takes, a second", "a key that all of them write, and what it takes a second",
)  # fmt: skip


class Measured(NamedTuple):
    """Units of one request, on average."""

    reads: float
    items: float
    indexes: float
    shared: float  # write units of the busiest key that each of the requests writes
    shared_place: str  # the table or the index in which it is

    @property
    def a_new_table_takes(self) -> int:
        """Requests a second until a new table or one of its indexes is throttled."""
        return int(NEW_TABLE / max(self.items, self.indexes))

    @property
    def a_shared_key_takes(self) -> int:
        """Requests a second until the partition of the shared key is throttled."""
        return int(PARTITION / self.shared)


Say = Callable[[int], tuple[str, dict[str, Any]]]  # the endpoint's id and update of a request


def whole_endpoint(number: int) -> dict[str, Any]:
    """An endpoint as the AWS SDK for Android sends it, with a push token and three attributes."""
    [batch] = json.loads(_CAPTURED.read_text())["BatchItem"].values()
    attributes = {name: ["value"] for name in ("plan", "theme", "campaign")}
    return {**batch["Endpoint"], "Address": f"{number:0163}", "Attributes": attributes}


def _person(user_id: str) -> dict[str, Any]:
    return user(user_id, **{name: ["value"] for name in ("plan", "since", "shop")})


def _known(number: int) -> str:
    return f"c0ffee00-1b2c-4d3e-8f4a-{number % TIMES:012}"


def _again(number: int, **more: Any) -> tuple[str, dict[str, Any]]:
    """An endpoint that says all that it said before, and more."""
    return _known(number), {**whole_endpoint(number % TIMES), **more}


# In the last two a single address or user is in every request.
CASES: dict[str, Say] = {
    "nothing (`{}`)": lambda n: (_known(n), {}),
    "all that it said before": _again,
    "and its user's id": lambda n: _again(n, User={"UserId": f"user-{n % TIMES}"}),
    "and user attributes": lambda n: _again(n, User=_person(f"user-{n % TIMES}")),
    "another push token": lambda n: _again(n, Address=f"{n:0163}"),
    "it is new, and so is its user": lambda n: (
        f"new-{n:032}",
        {**whole_endpoint(n), "User": _person(f"user-{n}")},
    ),
    "one placeholder is the address of all": lambda n: _again(n, Address="NO_TOKEN"),
    "it is new, and one user is that of all": lambda n: (
        f"new-{n:032}",
        {**whole_endpoint(n), "User": _person("guest")},
    ),
}


def measure(say: Say) -> Measured:
    """Average over requests of endpoints of their own, each after one of the same kind."""
    table = BilledTable()
    rules = EndpointTable(items_of(table))
    for number in range(2 * TIMES):
        if number == TIMES:
            table.reads, table.writes = 0, Counter()
        id_, said = say(number)
        update = {id_: PublicEndpoint.model_validate(said)}
        arrivals = {id_: Arrival(f"request-{number}", START + number)}
        stored, failures = rules.update("my-app", update, arrivals, TimeLeft())
        assert not failures
        assert stored[id_].rejection is None
    items = sum(units for (place, _), units in table.writes.items() if place == TABLE)
    busiest = max(table.writes, key=lambda key: table.writes[key], default=(TABLE, ""))
    shared = table.writes[busiest] if table.writes[busiest] >= TIMES else 0
    return Measured(
        table.reads / TIMES,
        items / TIMES,
        (table.writes.total() - items) / TIMES,
        shared / TIMES,
        busiest[0] if shared else "",
    )


def lines() -> list[str]:
    """The table of docs/endpoint-table.md."""
    rows = [f"| {' | '.join(HEAD)} |", f"|{' --- |' * len(HEAD)}"]
    for name, say in CASES.items():
        found = measure(say)
        cells = (
            name,
            *(f"{units:g}" for units in (found.reads, found.items, found.indexes)),
            f"{found.a_new_table_takes:,}" if found.items else "-",
            f"`{found.shared_place}`: {found.a_shared_key_takes:,}" if found.shared else "none",
        )
        rows.append(f"| {' | '.join(cells)} |")
    return rows


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    print("\n".join(lines()))
