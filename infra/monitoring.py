"""The alarms that say when events wait or fail, and whom they tell."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.api import PutEventsApi

# As putevents.observability writes them.
NAMESPACE = "PutEventsGateway"
SERVICE = "putevents-gateway"
# A message that fails at each try is dead after most of a day; long before somebody should know.
OLD = Duration.minutes(15)
# Firehose buffers for a quarter of an hour at most, and tries for ever where it cannot write.
LATE = Duration.hours(1)
_STREAM_METRICS = ("DeliveryToS3.DataFreshness", "FailedConversion.Records")
_AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD


class Monitoring(Construct):
    """One alarm for each way in which events come to wait or fail."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        api: PutEventsApi,
        functions: Mapping[str, lambda_.IFunction],
        queue: sqs.IQueue,
        dead_letter_queue: sqs.IQueue,
        application_ids: Sequence[str],
        streams: Mapping[str, firehose.IDeliveryStream],
        email: str | None,
    ) -> None:
        super().__init__(scope, id)
        self._action = actions.SnsAction(_topic(self, email)) if email else None
        dead = dead_letter_queue.metric_approximate_number_of_messages_visible
        age = queue.metric_approximate_age_of_oldest_message
        failed = api.deployment_stage.metric_server_error
        self._alarm("DeadLetters", dead(statistic="Maximum"), "There are dead letters.")
        for name, wait in (
            ("QueueAge", age(statistic="Maximum")),
            ("LongestWait", _longest_wait()),
        ):
            self._alarm(name, wait, "Events wait for long.", OLD.to_seconds())
        self._alarm("ServerErrors", failed(statistic="Sum"), "The API answered 5xx.")
        for name, function in functions.items():
            errors, throttles = function.metric_errors(), function.metric_throttles()
            self._alarm(f"{name}Errors", errors, f"The {name} function failed.")
            self._alarm(f"{name}Throttles", throttles, f"The {name} function was held back.")
        for application_id in application_ids:
            self._alarm(
                f"DeliveryFailures-{application_id}",
                _delivery_failures(application_id),
                f"For 15 minutes events of {application_id} have not been delivered.",
                periods=3,
            )
        for application_id, stream in streams.items():
            late, unreadable = (_delivered(stream, name) for name in _STREAM_METRICS)
            self._alarm(
                f"DataFreshness-{application_id}",
                late,
                f"Events of {application_id} do not get into the lake.",
                LATE.to_seconds(),
            )
            self._alarm(
                f"ConversionErrors-{application_id}",
                unreadable,
                f"Events of {application_id} lie under errors/ in the lake's bucket.",
            )

    def _alarm(
        self,
        id: str,
        metric: cloudwatch.Metric,
        description: str,
        threshold: float = 1,
        periods: int = 1,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            id,
            metric=metric.with_(period=Duration.minutes(5)),
            alarm_description=description,
            threshold=threshold,
            comparison_operator=_AT_LEAST,
            evaluation_periods=periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        if self._action:
            alarm.add_alarm_action(self._action)
            alarm.add_ok_action(self._action)


def _delivered(stream: firehose.IDeliveryStream, name: str) -> cloudwatch.Metric:
    return stream.metric(name, statistic="Maximum")


def _longest_wait() -> cloudwatch.Metric:
    # What the queue's own age leaves out: messages that were received more than three times.
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name="LongestWait",
        dimensions_map={"service": SERVICE},
        statistic="Maximum",
    )


def _delivery_failures(application_id: str) -> cloudwatch.Metric:
    # An alarm cannot search over a dimension, so each application has its own.
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name="DeliveryFailures",
        dimensions_map={"service": SERVICE, "application": application_id},
        statistic="Sum",
    )


def _topic(scope: Construct, email: str) -> sns.Topic:
    """A topic that CloudWatch can write to though it is encrypted, which takes a key of its own."""
    cloudwatch_here = iam.ServicePrincipal(
        "cloudwatch.amazonaws.com",
        conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
    )
    key = kms.Key(scope, "Key", enable_key_rotation=True, removal_policy=RemovalPolicy.DESTROY)
    topic = sns.Topic(scope, "Topic", master_key=key, enforce_ssl=True)
    topic.grant_publish(cloudwatch_here)
    topic.add_subscription(subscriptions.EmailSubscription(email))
    return topic
