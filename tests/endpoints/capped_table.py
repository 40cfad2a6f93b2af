"""A table in memory with a limit of write units a second, as `tableMaxWrites` sets it."""

from typing import Any

from botocore.exceptions import ClientError

from tests.endpoints.billed_table import BilledTable


class CappedTable(BilledTable):
    """Throttles writes once a second's units are used; a second ends when the test says so."""

    def __init__(self, max_writes: int, code: str) -> None:
        super().__init__()
        self._max_writes, self._code = max_writes, code
        self._used_before = 0
        self.throttled = 0

    def next_second(self) -> None:
        """Let as many units through again."""
        self._used_before = self.writes.total()

    def update_item(self, **call: Any) -> Any:
        """Change an item, unless the limit is reached."""
        if self.writes.total() - self._used_before >= self._max_writes:
            self.throttled += 1
            told: Any = {"Error": {"Code": self._code, "Message": "Throughput exceeds"}}
            raise ClientError(told, "UpdateItem")
        return super().update_item(**call)
