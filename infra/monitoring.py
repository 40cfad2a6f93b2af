"""The alarms for waiting and failed events, requests turned away, and silence."""

from collections.abc import Mapping

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.alarms import Alarms
from infra.api import PutEventsApi
from infra.deploy_settings import DeploySettings
from infra.event_stream import write_throttles
from infra.turned_away import share_turned_away
from infra.waf import held_back

# The namespace of putevents.observability.
NAMESPACE = "PutEventsGateway"
# A message is retried for four days; the alarm should come long before it is dead.
OLD = Duration.minutes(15)
# What waits is looked at every 2.5 hours (putevents.queue.retry), and is held in between too: of so
# many periods one is enough. So an outage is one alarm, which ends so long after the last look.
LOOK_PERIODS = 36
# Dead letters of one hour are one alarm, and those of the next hour another.
NEW_LETTER_PERIODS = 12
# SQS deletes a dead letter 14 days after it was sent. One that SQS moved itself was sent up to four
# days before it began to be counted here.
FORGOTTEN = Duration.days(7)
# Firehose buffers for 15 minutes at most, and retries for ever when it cannot write.
LATE = Duration.hours(1)
TURNED_AWAY_PERCENT = 5
_STREAM_METRICS = ("DeliveryToS3.DataFreshness", "FailedConversion.Records")


class Monitoring(Alarms):
    """Alarms on the queues, the API, the functions, each application, and where events go.

    A metric that is missing is well, but for the alarm on silence: so nothing that is merely quiet
    rings.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        api: PutEventsApi,
        functions: Mapping[str, lambda_.IFunction],
        queue: sqs.IQueue,
        dead_letter_queue: sqs.IQueue,
        streams: Mapping[str, firehose.IDeliveryStream],
        rejected: firehose.IDeliveryStream | None,
        event_stream: kinesis.IStream | None,
        settings: DeploySettings,
    ) -> None:
        super().__init__(scope, id, settings)
        self._watch_dead_letters(dead_letter_queue)
        age = queue.metric_approximate_age_of_oldest_message
        self.on_much(
            "QueueAge", age(statistic="Maximum"), "Messages lie untouched.", OLD.to_seconds()
        )
        self._alarm_on_held("LongestWait", "Events have waited for 15 minutes.", None)
        self._watch_api(api, name)
        if settings.waf is True:
            text = "WAF held back an address: phones of one carrier, or a flood."
            self.on_much("HeldBack", held_back(name), text)
        for function_name, function in functions.items():
            errors, throttles = function.metric_errors(), function.metric_throttles()
            self.on_much(f"{function_name}Errors", errors, f"The {function_name} function failed.")
            self.on_much(
                f"{function_name}Throttles",
                throttles,
                f"The {function_name} function was held back.",
            )
        for application_id in settings.application_ids:
            self._watch_application(application_id, settings.quiet_alarm_hours)
        for application_id, stream in streams.items():
            self._watch_stream(stream, f"-{application_id}", f"Events of {application_id}")
        if rejected:
            self._watch_stream(rejected, "OfRejected", "Rejected events")
        if event_stream:
            self.on_much(
                "EventStreamThrottles",
                write_throttles(event_stream),
                "The event stream held back records, which wait in the queue for it.",
            )

    def _watch_dead_letters(self, queue: sqs.IQueue) -> None:
        # An alarm tells of its changes only, and dead letters stay for days: so one alarm says that
        # there are some, one that more came, and one that they will be lost.
        there = queue.metric_approximate_number_of_messages_visible(statistic="Maximum")
        self.on_much("DeadLetters", there, "There are dead letters.")
        # The queue door sends them itself. What SQS moves, after 80 receives, is not counted here.
        sent = queue.metric_number_of_messages_sent(statistic="Sum")
        self.on_much("NewDeadLetters", sent, "More dead letters came.", periods=NEW_LETTER_PERIODS)
        age = queue.metric_approximate_age_of_oldest_message(statistic="Maximum")
        self.on_much(
            "ForgottenDeadLetters",
            age,
            "A dead letter is a week old: SQS deletes it when it is two.",
            FORGOTTEN.to_seconds(),
        )

    def _watch_api(self, api: PutEventsApi, name: str) -> None:
        failed = api.deployment_stage.metric_server_error(statistic="Sum")
        self.on_much("ServerErrors", failed, "The API answered 5xx.")
        self.on_much(
            "TurnedAway",
            share_turned_away(self, name=name, api=api),
            f"{TURNED_AWAY_PERCENT} % of an hour's requests were answered 403 or 404, over which "
            "clients delete their events.",
            TURNED_AWAY_PERCENT,
        )

    def _watch_application(self, application_id: str, quiet_hours: int) -> None:
        self._alarm_on_held(
            f"LongestWait-{application_id}",
            f"Events of {application_id} have waited for 15 minutes.",
            application_id,
        )
        if not quiet_hours:
            return
        delivered = self._own("EventsAccepted", "Sum", application_id)
        self.on_silence(
            f"Quiet-{application_id}",
            delivered,
            f"No event of {application_id} was delivered for {quiet_hours} hours.",
            quiet_hours,
        )

    def _watch_stream(self, stream: firehose.IDeliveryStream, suffix: str, what: str) -> None:
        late, unreadable = (stream.metric(name, statistic="Maximum") for name in _STREAM_METRICS)
        self.on_much(
            f"DataFreshness{suffix}", late, f"{what} do not get into the lake.", LATE.to_seconds()
        )
        self.on_much(
            f"ConversionErrors{suffix}",
            unreadable,
            f"{what} lie under errors/ in the lake's bucket.",
        )

    def _alarm_on_held(self, id: str, description: str, application_id: str | None) -> None:
        # SQS's own age ignores messages that were received more than three times. An alarm cannot
        # search over a dimension, so each application has an alarm.
        wait = self._own("LongestWait", "Maximum", application_id)
        self.on_much(id, wait, description, OLD.to_seconds(), periods=LOOK_PERIODS)

    def _own(self, name: str, statistic: str, application_id: str | None) -> cloudwatch.Metric:
        """Return a metric that the functions write."""
        application = {"application": application_id} if application_id else {}
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            dimensions_map={"service": Stack.of(self).stack_name, **application},
            statistic=statistic,
        )
