"""One logger, one tracer, and the metrics; their names are declared here and nowhere else."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from enum import StrEnum
from logging import INFO, LogRecord, StreamHandler
from time import time_ns
from typing import Any, cast

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

from putevents.ready_line import as_json, rfc3339, trace_member, write_line
from putevents.trace_context import parse_trace_once, recorded

# The stack's name, so that two stacks in one account do not add up their metrics.
SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "putevents-gateway")
NAMESPACE = "PutEventsGateway"


# Lambda reads the level of a line only if its timestamp is one of RFC 3339. Powertools would try to
# read each message as JSON, and look up the local time zone, which Lambda has set to UTC.
logger = Logger(
    service=SERVICE,
    use_rfc3339=True,
    utc=True,
    json_serializer=as_json,
    json_deserializer=lambda text: text,  # type: ignore[arg-type, return-value]
)
_out = cast("StreamHandler[Any]", logger.registered_handler)
# Our own subsegments say what took time; patching botocore as well would cost every cold start.
tracer = Tracer(service=SERVICE, auto_patch=False)
parse_trace_once(tracer.provider)


class Metric(StrEnum):
    """Every metric there is, by application; the last is also one of all of them."""

    EVENTS_ACCEPTED = "EventsAccepted"
    EVENTS_REJECTED = "EventsRejected"
    EVENTS_QUEUED = "EventsQueued"
    DELIVERY_FAILURES = "DeliveryFailures"
    DELIVERY_LATENCY = "DeliveryLatency"
    LONGEST_WAIT = "LongestWait"


_UNITS = {
    Metric.DELIVERY_LATENCY: MetricUnit.Milliseconds,
    Metric.LONGEST_WAIT: MetricUnit.Seconds,
}


def _unit(metric: Metric) -> MetricUnit:
    return _UNITS.get(metric, MetricUnit.Count)


class Meter:
    """Writes metrics in EMF; each handler has its own, so that threads share no counts."""

    def __init__(self) -> None:
        self._emf = AmazonCloudWatchEMFProvider(namespace=NAMESPACE, service=SERVICE)
        self._descriptions: dict[tuple[str, ...], Any] = {}

    def emit(self, application_id: str, counts: dict[Metric, float], destination: str = "") -> None:
        """Write one line with the counts of one request or message of an application."""
        self._emf.add_dimension("application", application_id)
        if destination:
            self._emf.add_dimension("destination", destination)
        for metric, value in counts.items():
            self._emf.add_metric(metric, _unit(metric), value)
        self._emf.flush_metrics()

    def log(
        self,
        message: str,
        application_id: str,
        counts: dict[Metric, float],
        destination: str = "",
        **fields: Any,
    ) -> None:
        """Write one line that is both a log line and the metrics of a request or message.

        EMF allows other members beside its own, and CloudWatch bills by the byte. The metrics of a
        follower have its name as one more dimension, so that home's are what they are without it.
        """
        if logger.log_level > INFO:  # metrics do not depend on the level of the log
            self.emit(application_id, counts, destination)
            return
        if destination:
            fields["destination"] = destination
        now = time_ns() // 1_000_000
        line = {
            "level": "INFO",
            "location": _LOCATION,
            "message": message,
            "timestamp": rfc3339(now),
            "service": SERVICE,
            "application_id": application_id,
            "application": application_id,
            **fields,
            **{name.value: [float(value)] for name, value in counts.items()},
            "_aws": {"Timestamp": now, "CloudWatchMetrics": self._described(counts, destination)},
            **trace_member(),
        }
        write_line(_out, line)

    def _described(self, metrics: Iterable[Metric], destination: str) -> Any:
        """Return how EMF describes some metrics, which is the same each time."""
        names = (*metrics, destination)
        if names not in self._descriptions:
            # As `add_metric` notes them; the logger itself writes the service.
            noted = {name.value: {"Unit": _unit(name).value, "Value": [0.0]} for name in metrics}
            dimensions = {"application": "any", "service": SERVICE}
            if destination:
                dimensions["destination"] = destination
            described = self._emf.serialize_metric_set(noted, dimensions)
            self._descriptions[names] = described["_aws"]["CloudWatchMetrics"]
        return self._descriptions[names]

    def emit_waits(self, waits: Sequence[tuple[str, float]]) -> None:
        """Write how long ago the oldest came in of what has to wait on: of all, and by application.

        `waits` has an application, or "" if that cannot be read, and seconds.
        """
        longest = {"": max(seconds for _, seconds in waits)}
        for application_id, seconds in waits:
            longest[application_id] = max(seconds, longest.get(application_id, 0.0))
        for application_id, seconds in longest.items():
            if application_id:
                self.emit(application_id, {Metric.LONGEST_WAIT: seconds})
            else:
                self._emf.add_metric(Metric.LONGEST_WAIT, MetricUnit.Seconds, seconds)
                self._emf.flush_metrics()


_LOCATION = f"{Meter.log.__name__}:{Meter.log.__code__.co_firstlineno}"


@contextmanager
def concerning(request_ids: Iterable[str]) -> Iterator[None]:
    """Name the request in every log line of a block, also in those of a destination.

    A line about several requests has a list. Threads have blocks of their own.
    """
    ids = list(dict.fromkeys(request_ids))
    token = _requests.set(ids[0] if len(ids) == 1 else ids)
    try:
        yield
    finally:
        _requests.reset(token)


def _name_requests(record: LogRecord) -> bool:
    if (requests := _requests.get()) and not hasattr(record, "request_id"):
        record.request_id = requests
    return True


# Powertools has keys for this as well; setting them costs a tenth of a small request's time.
_requests: ContextVar[str | list[str] | None] = ContextVar("requests", default=None)
logger.addFilter(_name_requests)


def traced(name: str) -> Any:
    """Record a block in the trace, as a step of the one around it if there is one."""
    return nullcontext() if tracer.disabled else recorded(tracer.provider, name)


def annotate(step: Any, application_id: str, events: int) -> None:
    """Mark a subsegment, if there is one, so that traces can be searched."""
    if step is not None:
        # `put_annotation` looks at each letter of a name.
        step.annotations.update(application=application_id, events=events)
