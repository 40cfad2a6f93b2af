"""DynamoDB calls on the items of the endpoint table; nothing here knows what an endpoint is."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from putevents.destinations.client_config import client_config, destination_client
from putevents.destinations.lake import item_write
from putevents.endpoints.item import Attribute, Item, Members, decode

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONNECTIONS = 16
_CONFIG = client_config(read_timeout=2, max_pool_connections=CONNECTIONS)
_KEYS_PER_READ = 100  # BatchGetItem's limit
READS = 3  # of keys that are left over each time
WRITES = 10  # of which each fails only because another one succeeded
INDEXES = {"user_id": "by_user", "address": "by_address"}


class ContendedError(Exception):
    """Others kept changing the item; trying again helps."""


class ItemStore:
    """The table; any failure of a call is raised as botocore raises it."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._client: DynamoDBClient = destination_client("dynamodb", _CONFIG)

    def read(self, application_id: str, ids: Iterable[str]) -> dict[str, Item]:
        """The items that are there, as they are at this moment."""
        keys = [_key(application_id, id_) for id_ in dict.fromkeys(ids)]
        size = _KEYS_PER_READ
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
        self,
        application_id: str,
        id_: str,
        update: Members,
        created: int,
        *,
        create: bool = True,
    ) -> tuple[Item, Item]:
        """Set the members that are newer than what is stored; the item before and after.

        An item that is not there is created, also by an update that says nothing; with `create`
        off it is left alone, for an index leads to items for moments after they were deleted. It
        takes one conditional UpdateItem; if it came late, one more that leaves what is newer.
        """
        key = _key(application_id, id_)
        stamp = max((member.stamp for member in update.values()), default="")
        write = item_write.first(key, update, created, stamp, create=create)
        for _ in range(WRITES):
            try:
                answer: Any = self._client.update_item(**write.request(self._table))
            except ClientError as error:
                seen = decode(_found(error))
            else:
                before = decode(answer.get("Attributes", {}))
                return before, before.after(write.update, created)
            newer = seen.missing_or_older(update)
            if not (seen.revision or create):
                return seen, seen
            if seen.revision and seen.created <= created and not newer:
                return seen, seen
            write = item_write.after(seen, key, newer, created, stamp)
        raise ContendedError("Too many change the item at once.")

    def delete(self, application_id: str, id_: str) -> Item | None:
        """Remove an item; what it was, or None."""
        key: Any = _key(application_id, id_)
        answer: Any = self._client.delete_item(
            TableName=self._table, Key=key, ReturnValues="ALL_OLD"
        )
        return decode(answer["Attributes"]) if "Attributes" in answer else None

    def find(self, application_id: str, attribute: str, value: str) -> list[str]:
        """The ids of the items that an index leads to; it lags behind by moments."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=INDEXES[attribute],
            KeyConditionExpression=f"{attribute} = :value AND application_id = :application",
            ExpressionAttributeValues={
                ":value": {"S": value},
                ":application": {"S": application_id},
            },
        )
        return [item["endpoint_id"]["S"] for page in pages for item in page["Items"]]


def _key(application_id: str, id_: str) -> Attribute:
    return {"application_id": {"S": application_id}, "endpoint_id": {"S": id_}}


def _found(error: ClientError) -> Any:
    """The item that a condition did not hold for; any other error is raised again."""
    if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
        raise error
    return error.response.get("Item", {})
