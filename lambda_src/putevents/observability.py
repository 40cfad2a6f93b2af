"""One logger, one tracer, and the metrics; their names are declared here and nowhere else."""

from enum import StrEnum
from typing import Any, cast

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

SERVICE = "putevents-gateway"
NAMESPACE = "PutEventsGateway"

logger = Logger(service=SERVICE)
# Our own subsegments say what took time; patching botocore as well would cost every cold start.
tracer = Tracer(service=SERVICE, auto_patch=False)


class Metric(StrEnum):
    """Every metric there is; all but the last are per application."""

    EVENTS_ACCEPTED = "EventsAccepted"
    EVENTS_REJECTED = "EventsRejected"
    EVENTS_QUEUED = "EventsQueued"
    DELIVERY_FAILURES = "DeliveryFailures"
    DELIVERY_LATENCY = "DeliveryLatency"
    LONGEST_WAIT = "LongestWait"


def emit(application_id: str, counts: dict[Metric, float]) -> None:
    """Write one EMF line with the counts of one request or message of an application."""
    metrics = _metrics()
    metrics.add_dimension("application", application_id)
    for metric, value in counts.items():
        unit = MetricUnit.Milliseconds if metric is Metric.DELIVERY_LATENCY else MetricUnit.Count
        metrics.add_metric(metric, unit, value)
    metrics.flush_metrics()


def emit_wait(seconds: float) -> None:
    """Write one EMF line: how long ago the oldest of what must wait on came in."""
    metrics = _metrics()
    metrics.add_metric(Metric.LONGEST_WAIT, MetricUnit.Seconds, seconds)
    metrics.flush_metrics()


def _metrics() -> AmazonCloudWatchEMFProvider:
    # One for each line: invocations that share a process must not share counts.
    return AmazonCloudWatchEMFProvider(namespace=NAMESPACE, service=SERVICE)


def annotate(application_id: str, events: int) -> None:
    """Mark the current subsegment, so that traces can be searched by application and size."""
    tracer.put_annotation("application", application_id)
    tracer.put_annotation("events", cast(Any, events))  # numbers.Number has no static type
