"""The functions behind the two doors, what both are told, and what feeds the queue's."""

from pathlib import Path
from typing import NamedTuple

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from infra.acknowledge import SERVERLESS, acknowledge
from infra.deploy_settings import DeploySettings
from infra.encryption import let_use_queues
from infra.function import PutEventsFunction
from infra.monitoring import NAMESPACE
from infra.retry_queues import Queues

API_TIMEOUT = Duration.seconds(28)  # API Gateway's limit is 29
QUEUE_TIMEOUT = Duration.seconds(60)
BATCH_SIZE = 10  # SQS's maximum for one receive; the function joins messages into few calls
# Without it, most invocations would get a single message unless very many are due.
BATCHING_WINDOW = Duration.seconds(5)


class Doors(NamedTuple):
    """The function behind each door."""

    api: PutEventsFunction
    queue: PutEventsFunction


def add_doors(scope: Construct, settings: DeploySettings, queues: Queues, package: Path) -> Doors:
    """Create the functions; both may queue, and the queue's may dead-letter."""
    environment = _environment(settings, queues)
    api = PutEventsFunction(
        scope,
        "ApiFunction",
        handler="putevents.api_handler.lambda_handler",
        timeout=API_TIMEOUT,
        package=package,
        environment=environment,
        settings=settings,
        reserved_concurrency=settings.api_reserved_concurrency,
    )
    queue = PutEventsFunction(
        scope,
        "QueueFunction",
        handler="putevents.queue_handler.lambda_handler",
        timeout=QUEUE_TIMEOUT,
        package=package,
        environment=environment,
        settings=settings,
        reserved_concurrency=settings.queue_reserved_concurrency,
        # It sends messages to its own queue again for four days, each time after a longer wait.
        recursive_loop=lambda_.RecursiveLoop.ALLOW,
    )
    _connect(scope, queues, Doors(api, queue), settings)
    return Doors(api, queue)


def _connect(scope: Construct, queues: Queues, doors: Doors, settings: DeploySettings) -> None:
    for function in doors:
        queues.retry.grant_send_messages(function)
    queues.dead_letters.grant_send_messages(doors.queue)
    let_use_queues(scope, settings, *(function.own_role for function in doors))
    doors.queue.called.add_event_source(
        event_sources.SqsEventSource(
            queues.retry,
            batch_size=BATCH_SIZE,
            max_batching_window=BATCHING_WINDOW,
            max_concurrency=settings.queue_concurrency,
            report_batch_item_failures=True,
        )
    )
    acknowledge(
        doors.queue,
        "LambdaEventSourceMappingDestination",
        "Lambda has failure destinations for streams only; a failed message stays in the queue, "
        "which has a dead-letter queue.",
        [SERVERLESS],
    )


def _environment(settings: DeploySettings, queues: Queues) -> dict[str, str]:
    """Return the environment variables of putevents.settings, Powertools and Pydantic."""
    return {
        "DESTINATION": ",".join(settings.destination),
        "APPLICATION_IDS": ",".join(settings.application_ids),
        "RETRY_QUEUE_URL": queues.retry.queue_url,
        "DEAD_LETTER_QUEUE_URL": queues.dead_letters.queue_url,
        "RETRY_DELAY_SECONDS": str(settings.retry_delay_seconds),
        "CORS_ORIGINS": ",".join(settings.cors_origins),
        "CORS_HEADERS": ",".join(settings.cors_headers),
        "TRUST_ARRIVAL": str(settings.trust_arrival).lower(),
        "ENDPOINT_READS": str(settings.endpoint_reads).lower(),
        "BIND_ENDPOINTS": str(settings.bind_endpoints).lower(),
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
