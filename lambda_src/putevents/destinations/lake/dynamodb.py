"""The store of endpoints in DynamoDB; nothing here knows what an endpoint is."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from putevents.destinations.client_config import client_config, destination_client
from putevents.destinations.lake import item_write
from putevents.destinations.lake.dynamodb_json import Attribute, decode
from putevents.endpoints.item import Item, Members
from putevents.endpoints.store import ContendedError, StoreError, TooLargeError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONNECTIONS = 16
_CONFIG = client_config(read_timeout=2, max_pool_connections=CONNECTIONS)
_KEYS_PER_READ = 100  # BatchGetItem's limit
READS = 3  # of keys that are left over each time
WRITES = 10  # of which each fails only because another one succeeded
INDEXES = {"user_id": "by_user", "address": "by_address"}


class DynamoDBItems:
    """An ItemStore over a table. The cause of each StoreError is botocore's own error."""

    parallel = CONNECTIONS

    def __init__(self, table: str) -> None:
        self._table = table
        self._client: DynamoDBClient = destination_client("dynamodb", _CONFIG)

    def read(self, application_id: str, ids: Iterable[str]) -> dict[str, Item]:
        """The items that exist; it sees every write that was answered before."""
        keys = [_key(application_id, id_) for id_ in dict.fromkeys(ids)]
        size = _KEYS_PER_READ
        with _failures():
            found = [
                decoded
                for start in range(0, len(keys), size)
                for decoded in self._read(keys[start : start + size])
            ]
        return dict(found)

    def _read(self, keys: list[Attribute]) -> Iterator[tuple[str, Item]]:
        for _ in range(READS):
            asked: Any = {self._table: {"Keys": keys, "ConsistentRead": True}}
            answer: Any = self._client.batch_get_item(RequestItems=asked)
            for item in answer["Responses"].get(self._table, []):
                yield item["endpoint_id"]["S"], decode(item)
            keys = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
            if not keys:
                return
        raise ContendedError("The table gives its items too slowly.")

    def write(
        self, application_id: str, id_: str, update: Members, created: int, *, create: bool = True
    ) -> tuple[Item, Item]:
        """Set the members that are newer than the stored ones; the item before and after.

        This takes one conditional UpdateItem; for a late update, one more that leaves what is
        newer.
        """
        write = item_write.first(_key(application_id, id_), update, created, create=create)
        with _failures():
            for _ in range(WRITES):
                try:
                    answer: Any = self._client.update_item(**write.request(self._table))
                except ClientError as error:
                    seen = decode(_found(error))
                else:
                    before = decode(answer.get("Attributes", {}))
                    return before, before.after(write.update, created)
                left = seen.to_write(update, created, create=create)
                if left is None:
                    return seen, seen
                write = item_write.after(seen, write, left)
        raise ContendedError("Too many change the item at once.")

    def delete(self, application_id: str, id_: str) -> Item | None:
        """Delete an item; what it was, or None."""
        key: Any = _key(application_id, id_)
        with _failures():
            answer: Any = self._client.delete_item(
                TableName=self._table, Key=key, ReturnValues="ALL_OLD"
            )
        return decode(answer["Attributes"]) if "Attributes" in answer else None

    def find_by_user(self, application_id: str, user_id: str) -> list[str]:
        """The ids of a user's endpoints. The index lags behind by moments."""
        return self._find(application_id, "user_id", user_id)

    def find_by_address(self, application_id: str, address: str) -> list[str]:
        """The ids of the endpoints with an address. The index lags behind by moments."""
        return self._find(application_id, "address", address)

    def together(self) -> AbstractContextManager[None]:
        """No writes are undone: an update that failed half way is completed by its retry."""
        return nullcontext()

    def _find(self, application_id: str, attribute: str, value: str) -> list[str]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=INDEXES[attribute],
            KeyConditionExpression=f"{attribute} = :value AND application_id = :application",
            ExpressionAttributeValues={
                ":value": {"S": value},
                ":application": {"S": application_id},
            },
        )
        with _failures():
            return [item["endpoint_id"]["S"] for page in pages for item in page["Items"]]


def _key(application_id: str, id_: str) -> Attribute:
    return {"application_id": {"S": application_id}, "endpoint_id": {"S": id_}}


def _found(error: ClientError) -> Any:
    """The item that a condition did not hold for; any other error is raised again."""
    if _code(error) != "ConditionalCheckFailedException":
        raise error
    return error.response.get("Item", {})


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = _code(error)
        kind = TooLargeError if code == "ValidationException" else StoreError
        raise kind(str(error), code) from error
    except BotoCoreError as error:
        raise StoreError(str(error), type(error).__name__) from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))
