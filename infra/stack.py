"""The CDK stack: queues, functions, destination, API and alarms."""

from pathlib import Path

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.api import PutEventsApi
from infra.budget import add_budget
from infra.client_policy import add_client_policy
from infra.custom_domain import add_custom_domain
from infra.data_lake import Lake
from infra.deploy_settings import DeploySettings
from infra.function import PutEventsFunction
from infra.monitoring import NAMESPACE, Monitoring
from infra.pinpoint_access import connect_pinpoint
from infra.request_trail import RequestTrail

API_TIMEOUT = Duration.seconds(28)  # API Gateway's limit is 29
QUEUE_TIMEOUT = Duration.seconds(60)
VISIBILITY_TIMEOUT = Duration.seconds(6 * 60)  # AWS recommends six times the function's timeout
BATCH_SIZE = 10  # SQS's maximum for one receive; the function joins messages into few calls
# Without it, most invocations would get a single message unless very many are due.
BATCHING_WINDOW = Duration.seconds(5)
# The queue function dead-letters after four days. This limit is for messages that crash it.
MAX_RECEIVE_COUNT = 80


class PutEventsStack(Stack):
    """The gateway's AWS resources, connected by grants."""

    def __init__(
        self, scope: Construct, id: str, *, settings: DeploySettings, package: Path
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=settings.stack_name,
            description="PutEvents Gateway",
            termination_protection=settings.termination_protection,
        )
        dead_letters = _queue(self, "DeadLetterQueue", settings)
        last = sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=MAX_RECEIVE_COUNT)
        queue = _queue(self, "Queue", settings, dead_letter_queue=last)
        environment = _environment(settings, queue, dead_letters)

        def function(
            name: str, module: str, timeout: Duration, loop: lambda_.RecursiveLoop, reserved: int
        ) -> PutEventsFunction:
            made = PutEventsFunction(
                self,
                name,
                handler=f"putevents.{module}.lambda_handler",
                timeout=timeout,
                package=package,
                environment=environment,
                settings=settings,
                reserved_concurrency=reserved,
                recursive_loop=loop,
            )
            queue.grant_send_messages(made)
            return made

        end, allow = lambda_.RecursiveLoop.TERMINATE, lambda_.RecursiveLoop.ALLOW
        api_function = function(
            "ApiFunction", "api_handler", API_TIMEOUT, end, settings.api_reserved_concurrency
        )
        # It sends messages to its own queue again for four days, each time after a longer wait.
        queue_function = function(
            "QueueFunction",
            "queue_handler",
            QUEUE_TIMEOUT,
            allow,
            settings.queue_reserved_concurrency,
        )
        dead_letters.grant_send_messages(queue_function)
        queue_function.called.add_event_source(
            event_sources.SqsEventSource(
                queue,
                batch_size=BATCH_SIZE,
                max_batching_window=BATCHING_WINDOW,
                max_concurrency=settings.queue_concurrency,
                report_batch_item_failures=True,
            )
        )
        streams: dict[str, firehose.DeliveryStream] = {}
        rejected: firehose.DeliveryStream | None = None
        if settings.destination == "lake":
            lake = Lake(self, "Lake", name=self.stack_name, settings=settings)
            lake.connect(api_function, queue_function)
            streams, rejected = lake.streams.events, lake.streams.rejected_stream
        else:
            connect_pinpoint(api_function, queue_function, settings)
        api = PutEventsApi(
            self, "Api", name=self.stack_name, function=api_function.called, settings=settings
        )
        RequestTrail(
            self,
            "RequestTrail",
            name=self.stack_name,
            log_groups=[api.access_log, api_function.log_group, queue_function.log_group],
        )
        Monitoring(
            self,
            "Alarms",
            name=self.stack_name,
            api=api,
            functions={"Api": api_function, "Queue": queue_function},
            queue=queue,
            dead_letter_queue=dead_letters,
            streams=streams,
            rejected=rejected,
            settings=settings,
        )
        add_custom_domain(api, settings)
        add_client_policy(api, settings)
        add_budget(self, settings)
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
    """Return the environment variables of putevents.settings, Powertools and Pydantic."""
    return {
        "DESTINATION": settings.destination,
        "APPLICATION_IDS": ",".join(settings.application_ids),
        "RETRY_QUEUE_URL": queue.queue_url,
        "DEAD_LETTER_QUEUE_URL": dead_letters.queue_url,
        "RETRY_DELAY_SECONDS": str(settings.retry_delay_seconds),
        "CORS_ORIGINS": ",".join(settings.cors_origins),
        "CORS_HEADERS": ",".join(settings.cors_headers),
        "TRUST_ARRIVAL": str(settings.trust_arrival).lower(),
        "ENDPOINT_READS": str(settings.endpoint_reads).lower(),
        # A dimension of the metrics too: two stacks may serve one application id.
        "POWERTOOLS_SERVICE_NAME": settings.stack_name,
        "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE,
        "POWERTOOLS_LOG_LEVEL": "INFO",
        # Nobody would receive what the function told X-Ray.
        "POWERTOOLS_TRACE_DISABLED": str(settings.tracing == "off").lower(),
        # A DNS lookup, which no deadline of a call ends, gives up after 3 seconds instead of 15.
        "RES_OPTIONS": "timeout:1 attempts:2",
        # Skip Pydantic's scan of all installed distributions at each cold start.
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
    }
