"""The alarms for waiting and failed events, and the e-mail topic they notify."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, Duration, RemovalPolicy, Stack
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

# The namespace of putevents.observability.
NAMESPACE = "PutEventsGateway"
# A message is retried for four days; the alarm should come long before it is dead.
OLD = Duration.minutes(15)
PERIOD = Duration.minutes(5)
# What waits is looked at every 2.5 hours (putevents.queue.retry), and is held in between too: of so
# many periods one is enough. So an outage is one alarm, which ends so long after the last look.
LOOK_PERIODS = 36
# Firehose buffers for 15 minutes at most, and retries for ever when it cannot write.
LATE = Duration.hours(1)
_STREAM_METRICS = ("DeliveryToS3.DataFreshness", "FailedConversion.Records")
_AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD


class Monitoring(Construct):
    """Alarms on the queues, the API, the functions, each application and its delivery stream."""

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
        self._alarm(
            "QueueAge", age(statistic="Maximum"), "Messages lie untouched.", OLD.to_seconds()
        )
        self._alarm_on_held("LongestWait", "Events have waited for 15 minutes.", None)
        self._alarm("ServerErrors", failed(statistic="Sum"), "The API answered 5xx.")
        for name, function in functions.items():
            errors, throttles = function.metric_errors(), function.metric_throttles()
            self._alarm(f"{name}Errors", errors, f"The {name} function failed.")
            self._alarm(f"{name}Throttles", throttles, f"The {name} function was held back.")
        for application_id in application_ids:
            self._alarm_on_held(
                f"LongestWait-{application_id}",
                f"Events of {application_id} have waited for 15 minutes.",
                application_id,
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
            metric=metric.with_(period=PERIOD),
            alarm_description=description,
            threshold=threshold,
            comparison_operator=_AT_LEAST,
            evaluation_periods=periods,
            datapoints_to_alarm=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        if self._action:
            alarm.add_alarm_action(self._action)
            alarm.add_ok_action(self._action)

    def _alarm_on_held(self, id: str, description: str, application_id: str | None) -> None:
        wait = _longest_wait(Stack.of(self).stack_name, application_id)
        self._alarm(id, wait, description, OLD.to_seconds(), periods=LOOK_PERIODS)


def _delivered(stream: firehose.IDeliveryStream, name: str) -> cloudwatch.Metric:
    return stream.metric(name, statistic="Maximum")


def _longest_wait(service: str, application_id: str | None) -> cloudwatch.Metric:
    # SQS's own age ignores messages that were received more than three times. An alarm cannot
    # search over a dimension, so each application has an alarm.
    application = {"application": application_id} if application_id else {}
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name="LongestWait",
        dimensions_map={"service": service, **application},
        statistic="Maximum",
    )


def _topic(scope: Construct, email: str) -> sns.Topic:
    """Create an encrypted topic; CloudWatch can publish to it only with a key of our own."""
    cloudwatch_here = iam.ServicePrincipal(
        "cloudwatch.amazonaws.com",
        conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
    )
    key = kms.Key(scope, "Key", enable_key_rotation=True, removal_policy=RemovalPolicy.DESTROY)
    topic = sns.Topic(scope, "Topic", master_key=key, enforce_ssl=True)
    topic.grant_publish(cloudwatch_here)
    topic.add_subscription(subscriptions.EmailSubscription(email))
    return topic
