"""One UpdateItem on an item of the endpoint table: what it sets, on what condition."""

from typing import Any, NamedTuple

from putevents.destinations.lake.dynamodb_json import Attribute, encode, encode_member
from putevents.endpoints.item import ADDRESS, USER_ID, Item, Members

# Members that an index leads to, and the attribute that it is keyed by.
_INDEXED = {USER_ID: "user_id", ADDRESS: "address"}
# True for nearly every update: nothing that is stored is newer.
_IN_ORDER = (
    "(attribute_not_exists(latest) OR latest <= :seen)"
    " AND (attribute_not_exists(created) OR created <= :created)"
)


class Write(NamedTuple):
    """One UpdateItem: the members to set, on a condition about what is stored."""

    key: Attribute
    update: Members
    condition: str
    seen: Attribute
    created: int
    latest: str

    def request(self, table: str) -> Any:
        """The parameters of the call."""
        sets = ["created = :created", "latest = :latest"]
        if self.condition.endswith(_IN_ORDER):
            sets[0] = "created = if_not_exists(created, :created)"
        names: dict[str, str] = {}
        values: dict[str, Any] = {
            **self.seen,
            ":created": {"N": str(self.created)},
            ":latest": {"S": self.latest},
            ":one": {"N": "1"},
        }
        removes = []
        for number, (name, member) in enumerate(self.update.items()):
            names[f"#{number}"], values[f":{number}"] = name, encode_member(member)
            sets.append(f"#{number}=:{number}")
            if attribute := _INDEXED.get(name):
                if member.value:
                    sets.append(f"{attribute} = :{attribute}")
                    values[f":{attribute}"] = encode(member.value)
                else:  # an index takes no empty text
                    removes.append(attribute)
        expression = f"SET {','.join(sets)} ADD revision :one"
        if removes:
            expression += f" REMOVE {','.join(removes)}"
        return {
            "TableName": table,
            "Key": self.key,
            "UpdateExpression": expression,
            "ConditionExpression": self.condition,
            "ExpressionAttributeValues": values,
            "ReturnValues": "ALL_OLD",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            **({"ExpressionAttributeNames": names} if names else {}),
        }


def first(key: Attribute, update: Members, created: int, *, create: bool) -> Write:
    """The write that is right for nearly every update: nothing that is stored is newer."""
    stamps = [member.stamp for member in update.values()] or [""]
    condition = _IN_ORDER if create else f"attribute_exists(created) AND {_IN_ORDER}"
    return Write(key, update, condition, {":seen": {"S": min(stamps)}}, created, max(stamps))


def after(seen: Item, write: Write, left: Members) -> Write:
    """The write of what is left once it is known what is stored, unless that changes meanwhile."""
    key, created, latest = write.key, write.created, write.latest
    if not seen.revision:  # deleted meanwhile
        return Write(key, left, "attribute_not_exists(created)", {}, created, latest)
    return Write(
        key,
        left,
        "revision = :seen",
        {":seen": {"N": str(seen.revision)}},
        min(seen.created, created),
        max(seen.latest, latest),
    )
