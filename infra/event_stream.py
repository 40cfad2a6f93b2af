"""Destination `stream`: the Kinesis data stream, or the one of yours, and who writes to it."""

from collections.abc import Iterable

from aws_cdk import CfnOutput, Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.deploy_settings import DeploySettings
from infra.encryption import customer_key, let_put_records
from infra.function import PutEventsFunction

# The call of putevents.destinations.stream.
WRITE_CALLS = ["kinesis:PutRecords"]


def add_event_stream(scope: Construct, settings: DeploySettings) -> kinesis.IStream:
    """Return the stream in `existingEventStream`, or create one that grows by itself."""
    if settings.existing_event_stream:
        return kinesis.Stream.from_stream_arn(scope, "EventStream", settings.existing_event_stream)
    key = customer_key(scope, settings)
    stream = kinesis.Stream(
        scope,
        "EventStream",
        stream_mode=kinesis.StreamMode.ON_DEMAND,
        retention_period=Duration.hours(settings.event_stream_hours),
        encryption=kinesis.StreamEncryption.KMS if key else kinesis.StreamEncryption.MANAGED,
        encryption_key=key,
        # What it holds is hours old and, with a lake, stored elsewhere; empty it costs by the hour.
        removal_policy=RemovalPolicy[settings.removal_policy.upper()],
    )
    if key:
        acknowledge(stream, "KDS3", "You chose this with the deploy setting encryption=customer.")
    return stream


def write_throttles(stream: kinesis.IStream) -> cloudwatch.Metric:
    """Return how many of the records that were put it held back: PutRecords fails them one by one.

    https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
    """
    return stream.metric("PutRecords.ThrottledRecords", statistic="Sum")


def connect_event_stream(
    scope: Construct,
    stream: kinesis.IStream,
    functions: Iterable[PutEventsFunction],
    settings: DeploySettings,
) -> None:
    """Allow the functions to put records into it, and tell them which it is."""
    functions = list(functions)
    for function in functions:
        function.add_to_role_policy(
            iam.PolicyStatement(actions=WRITE_CALLS, resources=[stream.stream_arn])
        )
        function.add_environment("KINESIS_STREAM_ARN", stream.stream_arn)
    if not settings.existing_event_stream:
        let_put_records(scope, settings, *(function.own_role for function in functions))
    CfnOutput(scope, "EventStreamArn", value=stream.stream_arn)
