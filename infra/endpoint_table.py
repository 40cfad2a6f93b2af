"""The DynamoDB table of the endpoints, and the functions' permissions on it."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.function import PutEventsFunction

# The indexes that putevents.destinations.lake.dynamodb queries, with their key attributes.
INDEXES = {"by_user": "user_id", "by_address": "address"}


class EndpointTable(dynamodb.Table):
    """A table keyed by application and endpoint, with indexes by user and by address."""

    def __init__(self, scope: Construct, id: str, *, removal_policy: RemovalPolicy) -> None:
        super().__init__(
            scope,
            id,
            partition_key=_text("application_id"),
            sort_key=_text("endpoint_id"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.DEFAULT,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=removal_policy,
        )
        for name, attribute in INDEXES.items():
            self.add_global_secondary_index(
                index_name=name,
                partition_key=_text(attribute),
                sort_key=_text("application_id"),
                # Keys only: a write that changes no key does not write the index.
                projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            )

    def grant_update(self, function: PutEventsFunction) -> None:
        """Allow a function to read and update endpoints."""
        self.grant(function, "dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:Query")
        arn = self.stack.get_logical_id(self.node.default_child)  # type: ignore[arg-type]
        acknowledge(
            function.own_role,
            f"IAM5[Resource::<{arn}.Arn>/index/*]",
            "The indexes belong to this table and hold only keys.",
        )

    def grant_delete(self, function: PutEventsFunction) -> None:
        """Allow a function to delete endpoints."""
        self.grant(function, "dynamodb:DeleteItem")


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
