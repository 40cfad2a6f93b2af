"""The deployed stack that is verified, the event that is followed through it."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Protocol

from commands.deployed import Outputs
from commands.send.auth import Target
from commands.send.call import Call
from commands.send.client import Client
from commands.verify.athena_rows import Row, rows
from commands.verify.endings import NotRunError

# One endpoint for all times that this runs, so that a lake holds only one that is nobody's.
ENDPOINT = "putevents-verify"
EVENT_TYPE = "putevents.verify"
ATTRIBUTES = {"Case": "upper", "case": "lower"}


class Aws(Protocol):
    """Makes boto3's clients; their calls are few and untyped here."""

    def __call__(self, service: str) -> Any:
        """A client of a service."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What every check is given."""

    target: Target
    client: Client
    aws: Aws
    stack: str
    outputs: Outputs
    resources: dict[str, list[str]]  # the physical ids of the stack's resources by type
    application_id: str
    wait_seconds: int | None = None  # in place of each check's own
    large: bool = False  # whether to send what is large too
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    event_id: str = field(default_factory=lambda: f"verify-{secrets.token_hex(8)}")

    def call(self, event_id: str | None = None, **members: str) -> Call:
        """PutEvents with one marked event."""
        event = {
            "EventType": EVENT_TYPE,
            "Timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "Attributes": ATTRIBUTES,
            **members,
        }
        batch = {"Endpoint": {}, "Events": {event_id or self.event_id: event}}
        return Call(self.application_id, {"BatchItem": {ENDPOINT: batch}})

    def message(self, event_id: str, **members: str) -> str:
        """The same as a producer sends it to the queue."""
        call = self.call(event_id, **members)
        named = {"ApplicationId": call.application_id, "EventsRequest": call.events_request}
        return json.dumps(named)

    def require_lake(self) -> None:
        """Raise NotRunError if there is no lake."""
        if "LakeDatabase" not in self.outputs:
            raise NotRunError("the stack has no lake")

    @property
    def deployed_auth(self) -> str:
        """The stack's `auth`, by what only a stack with that one has."""
        if "AWS::ApiGateway::Authorizer" in self.resources:
            return "jwt" if "JwtIssuer" in self.outputs else "cognito"
        named = {"ClientPolicy": "iam", "ApiKeyId": "api-key"}
        return next((auth for name, auth in named.items() if name in self.outputs), "none")

    @property
    def wrong_auth(self) -> str:
        """A sentence if `--auth` is not what the stack was deployed with."""
        if self.target.auth == self.deployed_auth:
            return ""
        return (
            f"The stack was deployed with auth={self.deployed_auth}, "
            f"and this is --auth {self.target.auth}."
        )

    def query(self, sql: str) -> list[Row]:
        """The rows that Athena finds in the stack's workgroup; raises CheckFailedError."""
        self.require_lake()
        return rows(
            self.aws("athena"),
            sql,
            workgroup=self.outputs["LakeWorkGroup"],
            database=self.outputs["LakeDatabase"],
        )

    @cached_property
    def functions(self) -> list[dict[str, Any]]:
        """The configuration of each function, the API's first."""
        names = self.resources.get("AWS::Lambda::Function", [])
        found = [self.aws("lambda").get_function_configuration(FunctionName=n) for n in names]
        ours = [f for f in found if f["Handler"].startswith("putevents.")]
        return sorted(ours, key=lambda f: "api" not in f["Handler"])

    @cached_property
    def streams(self) -> list[dict[str, Any]]:
        """The description of each delivery stream."""
        firehose = self.aws("firehose")
        names = self.resources.get("AWS::KinesisFirehose::DeliveryStream", [])
        described = (firehose.describe_delivery_stream(DeliveryStreamName=n) for n in names)
        return [answer["DeliveryStreamDescription"] for answer in described]
