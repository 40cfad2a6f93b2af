"""A table in memory that counts capacity units as AWS documents them, by partition key.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from commands.costs.item_size import item_size
from putevents.destinations.lake.dynamodb import INDEXES, KEYS
from tests.endpoints.memory_table import MemoryTable

Attributes = dict[str, Any]
TABLE = "table"
Key = tuple[str, str]  # the table or an index, and the value of its partition key


class BilledTable(MemoryTable):
    """Counts the units of each call; a partition takes 1,000 write units a second."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0.0
        self.writes: Counter[Key] = Counter()

    def batch_get_item(self, **call: Any) -> Any:
        """Count each key, found or not, as a strongly consistent read."""
        answer = super().batch_get_item(**call)
        [(table, asked)] = call["RequestItems"].items()
        found = answer["Responses"][table]
        self.reads += sum(_units(item_size(item), 4096) for item in found)
        self.reads += len(asked["Keys"]) - len(found)
        return answer

    def paginate(self, **call: Any) -> Iterator[Any]:
        """Count a query as an eventually consistent read of the entries that it returns."""
        attribute = _attribute_of(call["IndexName"])
        for page in super().paginate(**call):
            entries = sum(item_size(_entry(item, attribute)) for item in page["Items"])
            self.reads += _units(entries, 4096) / 2
            yield page

    def update_item(self, **call: Any) -> Any:
        """Count the larger of the item before and after, and each entry of an index that changes.

        A condition that does not hold is billed too, by the item that is there.
        """
        key: Attributes = call["Key"]
        before = self._stored(key)
        try:
            answer = super().update_item(**call)
        except ClientError:
            self._count(TABLE, key, KEYS[0], item_size(before))
            raise
        after = self._stored(key)
        self._count(TABLE, key, KEYS[0], max(item_size(before), item_size(after)))
        for attribute, index in INDEXES.items():
            old, new = _entry(before, attribute), _entry(after, attribute)
            if old != new:  # one write takes the old entry out, another one puts the new one in
                for entry in filter(None, (old, new)):
                    self._count(index, entry, attribute, item_size(entry))
        return answer

    def _stored(self, key: Attributes) -> Attributes:
        found = super().batch_get_item(RequestItems={TABLE: {"Keys": [key]}})
        return next(iter(found["Responses"][TABLE]), {})

    def _count(self, place: str, keys: Attributes, attribute: str, size: int) -> None:
        self.writes[place, keys[attribute]["S"]] += _units(size, 1024)


def _entry(item: Attributes, attribute: str) -> Attributes:
    """What an index holds of an item: keys only."""
    names = (*KEYS, attribute)
    return {name: item[name] for name in names} if attribute in item else {}


def _units(size: int, bytes_a_unit: int) -> int:
    return max(1, -(-size // bytes_a_unit))


def _attribute_of(index: str) -> str:
    return next(attribute for attribute, name in INDEXES.items() if name == index)
