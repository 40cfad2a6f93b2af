"""What one warm request of a known endpoint makes the functions' code do and write."""

import json
import os
import re
from collections import Counter
from io import StringIO
from logging import StreamHandler
from time import process_time
from typing import Any, NamedTuple

from aws_lambda_powertools.utilities.typing import LambdaContext

from commands.costs.fake_aws import FakeAws
from commands.costs.sample_request import api_event
from infra.access_log import ACCESS_LOG
from infra.names import DEFAULT_STACK, stream_prefix

TRACE_ID = "1-5759e988-bd862e3fe1be46a994272793"
ENVIRONMENT = {
    "APPLICATION_IDS": "my-app",
    "RETRY_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/retry",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/dead",
    "CORS_ORIGINS": "",
    "ENDPOINT_TABLE": "endpoints",
    "EVENT_STREAM_PREFIX": stream_prefix(DEFAULT_STACK),
    "REJECTED_STREAM": "rejected",
    "KINESIS_STREAM_ARN": "arn:aws:kinesis:us-east-1:123456789012:stream/events",
    "EVENT_BUS_ARN": "arn:aws:events:us-east-1:123456789012:event-bus/events",
    "BUS_EVENT_TYPES": "*",
    "AWS_ENDPOINT_URL_PINPOINT": "https://gateway.example.com/prod",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "made-up",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "LAMBDA_TASK_ROOT": "/var/task",  # else nothing is traced; the default stack traces
    "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:9",  # where nobody listens
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "_X_AMZN_TRACE_ID": f"Root={TRACE_ID};Parent=53995c3f42cd8ad8;Sampled=1",
}
# Values of one length each, so that one request's log is as long as the next one's.
_TIMES = re.compile(r'("duration_ms":|"DeliveryLatency":\[)\d+(\.\d{1,2})?(?=[],])')
_ACCESS = {
    "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    "traceId": TRACE_ID,
    "time": "25/Nov/2026:10:00:01 +0000",
    "method": "POST",
    "route": "/v1/apps/{application-id}/events",
    "status": "202",
    "gatewayResponse": "-",
    "latency": "48",
    "integrationStatus": "200",
    "integrationLatency": "44",
    "responseLength": "512",
}
_WARM_UP = 3


class Measured(NamedTuple):
    """What AWS bills a request by."""

    units: Counter[str]  # calls by name, units and bytes
    log_lines: int
    log_bytes: int  # of the functions' lines and API Gateway's, without what CloudWatch adds
    item_bytes: int  # of the largest item
    cpu_ms: float  # of this machine


def measure(destination: str, events: int, repeat: int = 1) -> Measured:
    """Let the handler answer requests, and count what the last one did."""
    os.environ |= ENVIRONMENT | {"DESTINATION": destination}
    aws = FakeAws()
    aws.answer_all()
    from putevents.api_handler import make_handler
    from putevents.gateway import Gateway
    from putevents.observability import logger

    handler = make_handler(Gateway.load())
    log = StringIO()
    [out] = [h for h in logger.handlers if isinstance(h, StreamHandler)]
    stdout = out.setStream(log)
    context = _Context()
    for number in range(_WARM_UP):
        handler(_request(events, number), context)
    started = process_time()
    for number in range(repeat):
        aws.units.clear()
        log.truncate(log.seek(0))
        answer = handler(_request(events, _WARM_UP + number), context)
    cpu_ms = (process_time() - started) * 1000 / repeat
    out.setStream(stdout)
    told = [item["StatusCode"] for item in _answers(json.loads(answer["body"]))]
    assert told == [202] * (events + 1), answer["body"]  # noqa: S101 # the sample is valid
    lines = [*_TIMES.sub(r"\g<1>12.34", log.getvalue()).splitlines(), _access_line()]
    size = sum(len(line.encode()) for line in lines)
    return Measured(Counter(aws.units), len(lines), size, aws.largest_item, cpu_ms)


class _Context(LambdaContext):
    """What the handler reads of a Lambda context."""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Return what a function has at its start."""
        return 28_000


def _request(events: int, number: int) -> dict[str, Any]:
    return api_event(events, f"c6af9ac6-7b61-11e6-9a41-{number:012}", 1_764_054_000_000 + number)


def _answers(body: Any) -> list[Any]:
    [item] = body["Results"].values()
    return [item["EndpointItemResponse"], *item["EventsItemResponse"].values()]


def _access_line() -> str:
    return json.dumps({name: _ACCESS[name] for name in ACCESS_LOG}, separators=(",", ":"))
