"""The store of endpoints in DynamoDB; nothing here knows what an endpoint is."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from time import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from putevents.destinations.client_config import client_config, destination_client
from putevents.destinations.lake import item_write
from putevents.destinations.lake.dynamodb_json import Attribute, decode, encode_tombstone
from putevents.destinations.lake.plain_answers import take_plainly
from putevents.endpoints.item import Item, Members
from putevents.endpoints.store import (
    NO_END,
    TOMBSTONE_DAYS,
    ContendedError,
    NotOwnedError,
    StoreError,
    TooLargeError,
    check_time,
)
from putevents.time_left import TimeLeft

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.paginator import QueryPaginator

CONNECTIONS = 16
_CONFIG = client_config(read_timeout=2, max_pool_connections=CONNECTIONS)
_KEYS_PER_READ = 100  # BatchGetItem's limit
READS = 3  # that bring nothing; one that brings less than was asked for is continued
WRITES = 10  # of which each fails only because another one succeeded
# The partition key and the sort key. A partition takes 1,000 write units a second, so it belongs to
# an endpoint or a user; an application's would be shared by all of them.
KEYS = ("endpoint_id", "application_id")
INDEXES = {"user_id": "by_user", "address": "by_address"}


class DynamoDBItems:
    """An ItemStore over a table. The cause of each StoreError is botocore's own error."""

    parallel = CONNECTIONS
    keys_per_read = _KEYS_PER_READ

    def __init__(self, table: str) -> None:
        self._table = table
        self._client: DynamoDBClient = destination_client("dynamodb", _CONFIG)
        take_plainly(self._client)

    def read(
        self, application_id: str, ids: Iterable[str], time_left: TimeLeft = NO_END
    ) -> dict[str, Item]:
        """The items that are stored; it sees every write that was answered before."""
        keys = [_key(application_id, id_) for id_ in dict.fromkeys(ids)]
        found: dict[str, Item] = {}
        with _failures():
            for start in range(0, len(keys), _KEYS_PER_READ):
                if start:
                    check_time(time_left)
                found.update(self._read(keys[start : start + _KEYS_PER_READ], time_left))
        return found

    def _read(self, keys: list[Attribute], time_left: TimeLeft) -> Iterator[tuple[str, Item]]:
        vain = 0
        while True:
            asked: Any = {self._table: {"Keys": keys, "ConsistentRead": True}}
            answer: Any = self._client.batch_get_item(RequestItems=asked)
            for item in answer["Responses"].get(self._table, []):
                yield item["endpoint_id"]["S"], decode(item)
            left = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
            if not left:
                return
            # An answer holds 16 MB at most, so that some are left over however well the table is.
            vain = vain + 1 if len(left) == len(keys) else 0
            if vain == READS:
                raise ContendedError("The table gives its items too slowly.")
            check_time(time_left)
            keys = left

    def write(
        self,
        application_id: str,
        id_: str,
        update: Members,
        created: int,
        *,
        create: bool = True,
        spelled: str = "",
        unlist: bool = False,
        owner: str = "",
        time_left: TimeLeft = NO_END,
    ) -> tuple[Item, Item]:
        """Set the members that are newer than the stored ones; the item before and after.

        This takes one conditional UpdateItem; for a late update, one more that leaves what is
        newer.
        """
        key = _key(application_id, id_)
        write = item_write.first(
            key, update, created, create=create, spelled=spelled, unlist=unlist, owner=owner
        )
        with _failures():
            for tries in range(WRITES):
                if tries:
                    check_time(time_left)
                try:
                    answer: Any = self._client.update_item(**write.request(self._table))
                except ClientError as error:
                    seen = decode(_found(error))
                else:
                    before = decode(answer.get("Attributes", {}))
                    return before, before.after(write.update, created, spelled, owner)
                if seen.is_anothers(owner):
                    raise NotOwnedError("The item is another caller's.")
                left = seen.to_write(update, created, create=create)
                if left is None and not (seen.revision and seen.is_to_tie(owner)):
                    return seen, seen
                write = item_write.after(seen, write, left or {})
        raise ContendedError("Too many change the item at once.")

    def take_back(
        self,
        application_id: str,
        id_: str,
        update: Members,
        before: Item,
        time_left: TimeLeft = NO_END,
    ) -> None:
        """Set the members of an update to what they were before it, unless they changed since."""
        with _failures():
            for _ in range(WRITES):
                item = self.read(application_id, [id_]).get(id_, Item())
                old, gone = item.taken_back(update, before)
                if not old and not gone:
                    return
                check_time(time_left)
                key = _key(application_id, id_)
                try:
                    call = item_write.take_back(key, self._table, item, old, gone)
                    self._client.update_item(**call)
                except ClientError as error:
                    _found(error)
                else:
                    return
        raise ContendedError("Too many change the item at once.")

    def delete(self, application_id: str, id_: str) -> Item | None:
        """Delete an item; what it was, or None."""
        key: Any = _key(application_id, id_)
        with _failures():
            answer: Any = self._client.delete_item(
                TableName=self._table, Key=key, ReturnValues="ALL_OLD"
            )
        return decode(answer["Attributes"]) if "Attributes" in answer else None

    def bury(self, application_id: str, id_: str, tombstone: Item) -> Item:
        """Put a tombstone in an item's place; what was there. The table's TTL removes it."""
        expires = int(time()) + TOMBSTONE_DAYS * 24 * 3600
        item: Any = _key(application_id, id_) | encode_tombstone(tombstone, expires)
        with _failures():
            answer: Any = self._client.put_item(
                TableName=self._table, Item=item, ReturnValues="ALL_OLD"
            )
        return decode(answer.get("Attributes", {}))

    def find_by_user(
        self, application_id: str, user_id: str, time_left: TimeLeft = NO_END
    ) -> list[str]:
        """The ids of a user's endpoints. The index lags behind by moments."""
        return self._find(application_id, "user_id", user_id, time_left)

    def find_by_address(
        self, application_id: str, address: str, time_left: TimeLeft = NO_END
    ) -> list[str]:
        """The ids of the endpoints with an address that are listed. The index lags behind."""
        return self._find(application_id, "address", address, time_left)

    def together(self) -> AbstractContextManager[None]:
        """No writes are undone: an update that failed half way is completed by its retry."""
        return nullcontext()

    @cached_property
    def _queries(self) -> "QueryPaginator":
        # botocore makes a class for each.
        return self._client.get_paginator("query")

    def _find(
        self, application_id: str, attribute: str, value: str, time_left: TimeLeft
    ) -> list[str]:
        pages = self._queries.paginate(
            TableName=self._table,
            IndexName=INDEXES[attribute],
            KeyConditionExpression=f"{attribute} = :value AND application_id = :application",
            ExpressionAttributeValues={
                ":value": {"S": value},
                ":application": {"S": application_id},
            },
        )
        found: list[str] = []
        with _failures():
            for page in pages:
                found += [item["endpoint_id"]["S"] for item in page["Items"]]
                if page.get("LastEvaluatedKey"):
                    check_time(time_left)
        return found


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
        # DynamoDB has no code of its own for this. Any other ValidationException is our fault or
        # the table's, and no client's.
        kind = TooLargeError if "Item size" in str(error) else StoreError
        raise kind(str(error), _code(error)) from error
    except BotoCoreError as error:
        raise StoreError(str(error), type(error).__name__) from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))
