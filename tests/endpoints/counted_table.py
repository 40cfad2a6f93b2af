"""A table in memory that counts the calls it gets, and the lake over it."""

from collections import Counter
from typing import Any

from putevents.destinations.lake.dynamodb import DynamoDBItems
from tests.endpoints.memory_table import MemoryTable

_COUNTED = ("batch_get_item", "update_item", "paginate")


class CountedTable(MemoryTable):
    """Counts calls by name; `keys` are those of the largest read, `paginators` were made."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: Counter[str] = Counter()
        self.keys = self.paginators = 0

    def batch_get_item(self, **call: Any) -> Any:
        self.calls["batch_get_item"] += 1
        [(_, asked)] = call["RequestItems"].items()
        self.keys = max(self.keys, len(asked["Keys"]))
        return super().batch_get_item(**call)

    def update_item(self, **call: Any) -> Any:
        self.calls["update_item"] += 1
        return super().update_item(**call)

    def get_paginator(self, name: str) -> MemoryTable:
        self.paginators += 1
        return super().get_paginator(name)

    def paginate(self, **call: Any) -> Any:
        self.calls["paginate"] += 1
        return super().paginate(**call)


def items_of(table: MemoryTable) -> DynamoDBItems:
    """The store over a table in memory, one call at a time."""
    items = DynamoDBItems("endpoints")
    client: Any = table
    items._client, items.parallel = client, 1
    return items
