"""The alarms that say when events wait or fail, and whom they tell."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.api import PutEventsApi
from infra.function import PutEventsFunction

# As putevents.observability writes them.
NAMESPACE = "PutEventsGateway"
SERVICE = "putevents-gateway"
# The retries of one message take 25 minutes at the most; half-way there a person should look.
OLD = Duration.minutes(15)


class Monitoring(Construct):
    """One alarm for each way in which events can be late or lost."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        api: PutEventsApi,
        functions: dict[str, PutEventsFunction],
        queue: sqs.IQueue,
        dead_letter_queue: sqs.IQueue,
        application_ids: tuple[str, ...],
        email: str | None,
    ) -> None:
        super().__init__(scope, id)
        self._action = actions.SnsAction(_topic(self, email)) if email else None
        self._alarm(
            "DeadLetters",
            dead_letter_queue.metric_approximate_number_of_messages_visible(statistic="Maximum"),
            "Events wait in the dead-letter queue: find the cause, then redrive them.",
        )
