"""AWS::Athena::NamedQuery for MiniStack's CloudFormation; every change of one replaces it."""

import json
from importlib import import_module
from typing import Any

athena: Any = import_module("ministack.services.athena")
provisioners: Any = import_module("ministack.services.cloudformation.provisioners")
Properties = dict[str, Any]
_MEMBERS = ("Name", "Description", "Database", "QueryString", "WorkGroup")


def install() -> None:
    """Teach MiniStack the type."""
    provisioners._RESOURCE_HANDLERS["AWS::Athena::NamedQuery"] = {
        "create": create,
        "update": update,
        "delete": delete,
    }


def create(_logical_id: str, properties: Properties, _stack: str) -> tuple[str, dict[str, str]]:
    """Make one; Ref and NamedQueryId are its id."""
    missing = {"Database", "QueryString"} - properties.keys()
    if missing:
        raise ValueError(f"Property validation failure: {sorted(missing)} required")
    given = {name: properties[name] for name in _MEMBERS if name in properties}
    _status, _headers, body = athena._create_named_query(given)
    identifier = json.loads(body)["NamedQueryId"]
    return identifier, {"NamedQueryId": identifier}


def update(
    identifier: str, _before: Properties, after: Properties, stack: str
) -> tuple[str, dict[str, str]]:
    """Make the new one; MiniStack itself lets one go whose id is no longer there."""
    return create(identifier, after, stack)


def delete(identifier: str, _properties: Properties) -> None:
    """Let one go."""
    athena._delete_named_query({"NamedQueryId": identifier})
