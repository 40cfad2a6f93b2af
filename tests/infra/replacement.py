"""What an update would replace or remove of the resources that hold or name something."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

# What is lost with a resource of each type. All others hold nothing and may be replaced.
KEPT = {
    "AWS::ApiGateway::ApiKey": "the key that clients hold",
    "AWS::ApiGateway::RestApi": "the URL that clients have",
    "AWS::ApiGateway::Stage": "the URL that clients have",
    "AWS::ApiGateway::DomainName": "the name that clients have",
    "AWS::ApiGateway::BasePathMapping": "the path that clients have",
    "AWS::Backup::BackupVault": "backups",
    "AWS::LakeFormation::PrincipalPermissions": "what a reader may read",
    "AWS::DynamoDB::GlobalTable": "endpoints",
    "AWS::DynamoDB::Table": "endpoints",
    "AWS::KinesisFirehose::DeliveryStream": "events that it still buffers",
    "AWS::Kinesis::Stream": "events that nobody has read yet",
    "AWS::Events::EventBus": "the name that rules and senders have",
    "AWS::KMS::Key": "what is encrypted with it",
    "AWS::Logs::LogGroup": "logs",
    "AWS::S3::Bucket": "events",
    "AWS::SQS::Queue": "events that wait, and the URL that producers have",
}
# CloudFormation's schemas differ between regions in what is offered, not in what replaces.
_REGION = "us-east-1"
# A resource is replaced when these change, whatever else: the first always, the second mostly.
_CREATE_ONLY = ("createOnlyProperties", "conditionalCreateOnlyProperties")
Template = dict[str, Any]


class Loss(NamedTuple):
    """A resource of a template that an update would replace or remove."""

    type: str
    logical_id: str
    why: str

    def __str__(self) -> str:
        return f"{self.logical_id} ({self.type}) {self.why}: {KEPT[self.type]}"


def losses(before: Template, after: Template) -> list[Loss]:
    """What is lost when a stack of one template is updated to another."""
    new = after["Resources"]
    return [
        Loss(resource["Type"], logical_id, why)
        for logical_id, resource in before["Resources"].items()
        if resource["Type"] in KEPT and (why := _loss(resource, new.get(logical_id)))
    ]


def _loss(before: Template, after: Template | None) -> str:
    if after is None:
        return "is removed"
    if after["Type"] != before["Type"]:
        return f"becomes a {after['Type']}"
    if why := _index_change(before, after) or _stays(before, after):
        return why
    changed = [
        pointer
        for pointer in create_only(before["Type"])
        if _at(before, pointer) != _at(after, pointer)
    ]
    return f"is replaced by another {', '.join(changed)}" if changed else ""


def _index_change(before: Template, after: Template) -> str:
    """What DynamoDB rejects: two indexes that come or go in one update, or one that changes."""
    old, new = (
        {
            i["IndexName"]: (i.get("KeySchema"), i.get("Projection"))
            for i in resource.get("Properties", {}).get("GlobalSecondaryIndexes", [])
        }
        for resource in (before, after)
    )
    if changed := [name for name in old.keys() & new.keys() if old[name] != new[name]]:
        return f"cannot be updated, as its index {changed[0]} would change"
    if len(other := sorted(old.keys() ^ new.keys())) > 1:
        return f"cannot be updated, as only one index may come or go: {', '.join(other)}"
    return ""


def _stays(before: Template, after: Template) -> str:
    """What stays as a resource and is not what it was, or is although the template lacks it."""
    # DynamoDB keeps a limit that a template no longer names.
    if set(_at(before, "OnDemandThroughput") or ()) - set(_at(after, "OnDemandThroughput") or ()):
        return "keeps the limit that the template has lost"
    name = "DisableExecuteApiEndpoint"
    is_closed = not _at(before, name) and _at(after, name) is True
    return "is closed to its own URL" if is_closed else ""


def create_only(type_: str) -> Iterator[str]:
    """The properties of a type that CloudFormation can only set by making another resource."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, type_).schema
    for kind in _CREATE_ONLY:
        for pointer in schema.get(kind) or []:
            yield pointer.removeprefix("/properties/")


def _at(resource: Template, pointer: str) -> Any:
    """The value under a pointer such as A/B or A/*/B; of a list, each item's."""
    found: Any = resource.get("Properties", {})
    for number, step in enumerate(steps := pointer.split("/")):
        if step == "*":
            rest = "/".join(steps[number + 1 :])
            return [_at({"Properties": item}, rest) for item in found or []]
        found = found.get(step) if isinstance(found, dict) else None
    return found
