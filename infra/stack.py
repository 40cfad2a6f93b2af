"""The whole deployment."""

from pathlib import Path

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.api import PutEventsApi
from infra.function import PutEventsFunction
from infra.lake import Lake
from infra.monitoring import NAMESPACE, SERVICE, Monitoring
from infra.pinpoint import connect_pinpoint
from infra.settings import DeploySettings

API_TIMEOUT = Duration.seconds(28)  # API Gateway waits for 29
QUEUE_TIMEOUT = Duration.seconds(60)
VISIBILITY_TIMEOUT = Duration.seconds(6 * 60)  # six times the function's: AWS's advice
BATCH_SIZE = 10  # as many as a receive brings; they are joined into few calls
# The queue door gives up after four days, with a reason. This is for the message that it dies of.
MAX_RECEIVE_COUNT = 80
# Without it a message would be an invocation of its own whenever less than a flood is due.
BATCHING_WINDOW = Duration.seconds(5)


class PutEventsStack(Stack):
    """HTTPS and SQS in front, the destination behind, and a queue for what it did not take."""

    def __init__(
        self, scope: Construct, id: str, *, settings: DeploySettings, package: Path
    ) -> None:
        super().__init__(scope, id, description="PutEvents Gateway")
        dead_letters = _queue(self, "DeadLetterQueue", settings)
        last = sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=MAX_RECEIVE_COUNT)
        queue = _queue(self, "Queue", settings, dead_letter_queue=last)
        environment = _environment(settings, queue, dead_letters)

        def function(
            name: str, module: str, timeout: Duration, loop: lambda_.RecursiveLoop
        ) -> PutEventsFunction:
            made = PutEventsFunction(
                self,
                name,
                handler=f"putevents.{module}.lambda_handler",
                timeout=timeout,
                package=package,
                environment=environment,
                settings=settings,
                recursive_loop=loop,
            )
            queue.grant_send_messages(made)
            return made

        end, allow = lambda_.RecursiveLoop.TERMINATE, lambda_.RecursiveLoop.ALLOW
        api_function = function("ApiFunction", "api_handler", API_TIMEOUT, end)
        # It sends messages to its own queue again for four days, each time after a longer wait.
        queue_function = function("QueueFunction", "queue_handler", QUEUE_TIMEOUT, allow)
        dead_letters.grant_send_messages(queue_function)
        queue_function.add_event_source(
            event_sources.SqsEventSource(
                queue,
                batch_size=BATCH_SIZE,
                max_batching_window=BATCHING_WINDOW,
                max_concurrency=settings.queue_concurrency,
                report_batch_item_failures=True,
            )
        )
        streams: dict[str, firehose.DeliveryStream] = {}
        if settings.destination == "lake":
            lake = Lake(self, "Lake", name=self.stack_name, settings=settings)
            lake.connect(api_function, queue_function)
            streams = lake.streams.events
        else:
            connect_pinpoint(api_function, queue_function, settings)
        api = PutEventsApi(
            self, "Api", name=self.stack_name, function=api_function, settings=settings
        )
        Monitoring(
            self,
            "Alarms",
            api=api,
            functions={"Api": api_function, "Queue": queue_function},
            queue=queue,
            dead_letter_queue=dead_letters,
            application_ids=settings.application_ids,
            streams=streams,
            email=settings.alarm_email,
        )
        CfnOutput(self, "ApiUrl", value=api.base_url)
        CfnOutput(self, "QueueUrl", value=queue.queue_url)
        CfnOutput(self, "DeadLetterQueueUrl", value=dead_letters.queue_url)
        if api.key:
            CfnOutput(self, "ApiKeyId", value=api.key.key_id)


def _queue(
    scope: Construct,
    id: str,
    settings: DeploySettings,
    *,
    dead_letter_queue: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    return sqs.Queue(
        scope,
        id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(14),
        visibility_timeout=VISIBILITY_TIMEOUT,
        max_message_size_bytes=1024 * 1024,
        dead_letter_queue=dead_letter_queue,
        removal_policy=RemovalPolicy[settings.removal_policy.upper()],
    )


def _environment(
    settings: DeploySettings, queue: sqs.IQueue, dead_letters: sqs.IQueue
) -> dict[str, str]:
    """What putevents.settings reads, and what Powertools reads itself."""
    return {
        "DESTINATION": settings.destination,
        "APPLICATION_IDS": ",".join(settings.application_ids),
        "RETRY_QUEUE_URL": queue.queue_url,
        "DEAD_LETTER_QUEUE_URL": dead_letters.queue_url,
        "RETRY_DELAY_SECONDS": str(settings.retry_delay_seconds),
        "CORS_ORIGINS": ",".join(settings.cors_origins),
        # With any other auth the callers are apps, and an id is all that they would have to know.
        "ENDPOINT_READS": str(settings.auth == "iam").lower(),
        "POWERTOOLS_SERVICE_NAME": SERVICE,
        "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE,
        "POWERTOOLS_LOG_LEVEL": "INFO",
        # What no deadline of a call reaches: a lookup waits three seconds at most, instead of 15.
        "RES_OPTIONS": "timeout:1 attempts:2",
        # Else Pydantic looks through every installed distribution at each cold start.
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
    }
