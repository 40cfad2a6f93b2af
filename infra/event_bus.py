"""Destination `bus`: the EventBridge event bus, or the one of yours, and who puts events on it."""

from collections.abc import Iterable

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.deploy_settings import DeploySettings
from infra.encryption import customer_key
from infra.function import PutEventsFunction

# The call of putevents.destinations.bus.
WRITE_CALLS = ["events:PutEvents"]


def connect_event_bus(
    scope: Construct, functions: Iterable[PutEventsFunction], settings: DeploySettings
) -> None:
    """Add the bus, allow the functions to put events on it, and tell them which, and what."""
    arn = _bus(scope, settings).event_bus_arn
    for function in functions:
        function.add_to_role_policy(iam.PolicyStatement(actions=WRITE_CALLS, resources=[arn]))
        function.add_environment("EVENT_BUS_ARN", arn)
        function.add_environment("BUS_EVENT_TYPES", ",".join(settings.bus_event_types))
    CfnOutput(scope, "EventBusArn", value=arn)


def _bus(scope: Construct, settings: DeploySettings) -> events.IEventBus:
    given = settings.existing_event_bus
    if given and given.startswith("arn:"):
        return events.EventBus.from_event_bus_arn(scope, "EventBus", given)
    if given:
        return events.EventBus.from_event_bus_name(scope, "EventBus", given)
    bus = events.EventBus(
        scope,
        "EventBus",
        event_bus_name=Stack.of(scope).stack_name,
        # The CDK lets EventBridge use the key for this bus, in the key's policy.
        kms_key=customer_key(scope, settings),
    )
    bus.apply_removal_policy(RemovalPolicy[settings.removal_policy.upper()])
    return bus
