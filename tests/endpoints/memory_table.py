"""DynamoDB's table of endpoints in memory: as much of its expressions as the store writes.

test_stores_agree.py holds it against the emulated DynamoDB.
"""

import re
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from putevents.destinations.lake.dynamodb import INDEXES

_TERM = re.compile(
    r"attribute_(?P<exists>exists|not_exists)\((?P<name>\w+)\)"
    r"|(?P<left>\w+) (?P<operator><=|=) (?P<right>:\w+)"
)
_SECTIONS = re.compile(r"(SET|ADD|REMOVE) (.+?)(?= ADD | REMOVE |$)")
_SET = re.compile(r"(#?\w+) ?= ?(?:if_not_exists\((\w+), )?(:\w+)\)?")


class MemoryTable:
    """The calls of a DynamoDB client that the store of endpoints makes."""

    def __init__(self) -> None:
        self._items: dict[tuple[str, str], dict[str, Any]] = {}

    def batch_get_item(self, **call: Any) -> Any:
        """Return the items that exist."""
        [(table, asked)] = call["RequestItems"].items()
        found = [self._items.get(_key(key)) for key in asked["Keys"]]
        return {"Responses": {table: [dict(item) for item in found if item]}}

    def delete_item(self, **call: Any) -> Any:
        """Delete an item and return what it was."""
        item = self._items.pop(_key(call["Key"]), None)
        return {"Attributes": item} if item else {}

    def put_item(self, **call: Any) -> Any:
        """Replace an item and return what it was."""
        before = self._items.get(_key(call["Item"]))
        self._items[_key(call["Item"])] = dict(call["Item"])
        return {"Attributes": before} if before else {}

    def update_item(self, **call: Any) -> Any:
        """Change an item on a condition and return what it was."""
        key = call["Key"]
        before = self._items.get(_key(key), {})
        values = call["ExpressionAttributeValues"]
        if not _holds(call["ConditionExpression"], before, values):
            code = "ConditionalCheckFailedException"
            told: Any = {"Error": {"Code": code, "Message": "no"}, "Item": before}
            raise ClientError(told, "UpdateItem")
        item = {**key, **before}
        names = call.get("ExpressionAttributeNames", {})
        for section, text in _SECTIONS.findall(call["UpdateExpression"]):
            if section == "SET":
                for name, default_of, value in _SET.findall(text):
                    item[names.get(name, name)] = before.get(default_of, values[value])
            elif section == "ADD":
                name, value = text.split()
                old = int(before.get(name, {"N": "0"})["N"])
                item[name] = {"N": str(old + int(values[value]["N"]))}
            else:
                for name in text.split(","):
                    item.pop(names.get(name, name), None)
        self._items[_key(key)] = item
        return {"Attributes": before} if before else {}

    def get_paginator(self, _: str) -> "MemoryTable":
        """Return the pages of a query of an index."""
        return self

    def paginate(self, **call: Any) -> Iterator[Any]:
        """Yield one page with the keys of the items that have the values asked for."""
        [attribute] = (name for name, index in INDEXES.items() if index == call["IndexName"])
        values = call["ExpressionAttributeValues"]
        wanted = {attribute: values[":value"], "application_id": values[":application"]}
        yield {"Items": [i for i in self._items.values() if wanted.items() <= _indexed(i)]}


def _indexed(item: dict[str, Any]) -> Any:
    keys = ("application_id", *INDEXES)
    return {name: item[name] for name in keys if name in item}.items()


def _key(key: Any) -> tuple[str, str]:
    return key["application_id"]["S"], key["endpoint_id"]["S"]


def _holds(condition: str, item: dict[str, Any], values: Any) -> bool:
    """Whether all of the terms hold; of those in parentheses, one."""
    return all(
        any(_term_holds(term, item, values) for term in group.strip("()").split(" OR "))
        if " OR " in group
        else _term_holds(group, item, values)
        for group in condition.split(" AND ")
    )


def _term_holds(term: str, item: dict[str, Any], values: Any) -> bool:
    found = _TERM.search(term)
    assert found, term
    if found["exists"]:
        return (found["name"] in item) == (found["exists"] == "exists")
    if found["left"] not in item:
        return False
    left, right = _plain(item[found["left"]]), _plain(values[found["right"]])
    return bool(left <= right if found["operator"] == "<=" else left == right)


def _plain(attribute: Any) -> Any:
    return float(attribute["N"]) if "N" in attribute else attribute["S"]
