"""AWS::Logs::QueryDefinition for MiniStack's CloudFormation, which keeps saved queries nowhere."""

import uuid
from importlib import import_module
from typing import Any

provisioners: Any = import_module("ministack.services.cloudformation.provisioners")
Properties = dict[str, Any]


def install() -> None:
    """Teach MiniStack the type."""
    provisioners._RESOURCE_HANDLERS["AWS::Logs::QueryDefinition"] = {
        "create": create,
        "update": update,
        "delete": delete,
    }


def create(_logical_id: str, properties: Properties, _stack: str) -> tuple[str, dict[str, str]]:
    """Check a query; Ref and QueryDefinitionId are its id."""
    missing = {"Name", "QueryString"} - properties.keys()
    if missing:
        raise ValueError(f"Property validation failure: {sorted(missing)} required")
    identifier = str(uuid.uuid4())
    return identifier, {"QueryDefinitionId": identifier}


def update(
    identifier: str, _before: Properties, after: Properties, stack: str
) -> tuple[str, dict[str, str]]:
    """Change a query in place."""
    create(identifier, after, stack)
    return identifier, {"QueryDefinitionId": identifier}


def delete(_identifier: str, _properties: Properties) -> None:
    """Delete a query."""
