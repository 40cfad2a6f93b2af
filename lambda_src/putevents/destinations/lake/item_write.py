"""One UpdateItem on an item of the endpoint table: what it sets, on what condition."""

from typing import Any, NamedTuple

from putevents.destinations.lake.dynamodb_json import EXPIRES, Attribute, encode, encode_member
from putevents.endpoints.item import ADDRESS, USER_ID, Item, Members

# Members that an index leads to, and the attribute that it is keyed by.
_INDEXED = {USER_ID: "user_id", ADDRESS: "address"}
# True for nearly every update: nothing that is stored is newer.
_IN_ORDER = (
    "(attribute_not_exists(latest) OR latest <= :seen)"
    " AND (attribute_not_exists(created) OR created <= :created)"
)


_OWN = "(attribute_not_exists(tied_to) OR tied_to = :owner)"


class Write(NamedTuple):
    """One UpdateItem: the members to set, on a condition about what is stored."""

    key: Attribute
    update: Members
    condition: str
    seen: Attribute
    created: int
    latest: str
    spelled: str = ""
    unlist: bool = False
    owner: str = ""

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
        removes = [EXPIRES]  # what is written again is no tombstone any more
        for number, (name, member) in enumerate(self.update.items()):
            names[f"#{number}"], values[f":{number}"] = name, encode_member(member)
            sets.append(f"#{number}=:{number}")
            if attribute := _INDEXED.get(name):
                if member.value:
                    sets.append(f"{attribute} = :{attribute}")
                    values[f":{attribute}"] = encode(member.value)
                else:  # an index takes no empty text
                    removes.append(attribute)
        if self.spelled:
            sets.append("spelled = if_not_exists(spelled, :spelled)")
            values[":spelled"] = {"S": self.spelled}
        if self.owner:
            sets.append("tied_to = :owner")
            values[":owner"] = {"S": self.owner}
        if self.unlist:
            removes.append(_INDEXED[ADDRESS])
        expression = f"SET {','.join(sets)} ADD revision :one REMOVE {','.join(removes)}"
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


def first(
    key: Attribute,
    update: Members,
    created: int,
    *,
    create: bool,
    spelled: str,
    unlist: bool,
    owner: str,
) -> Write:
    """The write that is right for nearly every update: nothing that is stored is newer."""
    stamps = [member.stamp for member in update.values()] or [""]
    condition = _IN_ORDER if create else f"attribute_exists(created) AND {_IN_ORDER}"
    if owner:
        condition = f"{_OWN} AND {condition}"
    seen = {":seen": {"S": min(stamps)}}
    return Write(key, update, condition, seen, created, max(stamps), spelled, unlist, owner)


def after(seen: Item, write: Write, left: Members) -> Write:
    """The write of what is left once it is known what is stored, unless that changes meanwhile."""
    if seen.deleted and not seen.revision:  # a tombstone
        condition = "attribute_not_exists(created) AND latest = :seen"
        return write._replace(
            update=left,
            condition=condition,
            seen={":seen": {"S": seen.latest}},
            latest=max(seen.latest, write.latest),
        )
    if not seen.revision:  # deleted meanwhile
        return write._replace(update=left, condition="attribute_not_exists(latest)", seen={})
    return write._replace(
        update=left,
        condition="revision = :seen",
        seen={":seen": {"N": str(seen.revision)}},
        created=min(seen.created, write.created),
        latest=max(seen.latest, write.latest),
    )


def take_back(key: Attribute, table: str, item: Item, old: Members, gone: list[str]) -> Any:
    """The parameters of a call that sets members and removes others, unless the item changes."""
    names = {f"#{number}": name for number, name in enumerate([*old, *gone])}
    places = {name: place for place, name in names.items()}
    sets = [f"{places[name]}=:{place[1:]}" for place, name in names.items() if name in old]
    values: dict[str, Any] = {
        f":{places[name][1:]}": encode_member(member) for name, member in old.items()
    }
    removes = [places[name] for name in gone]
    for name, attribute in _INDEXED.items():
        if name in old and old[name].value:
            sets.append(f"{attribute} = :{attribute}")
            values[f":{attribute}"] = encode(old[name].value)
        elif name in places:
            removes.append(attribute)
    parts = [("SET", sets), ("REMOVE", removes)]
    expression = " ".join(f"{verb} {','.join(what)}" for verb, what in parts if what)
    return {
        "TableName": table,
        "Key": key,
        "UpdateExpression": f"{expression} ADD revision :one",
        "ConditionExpression": "revision = :seen",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {
            **values,
            ":one": {"N": "1"},
            ":seen": {"N": str(item.revision)},
        },
    }
