"""Calls of both handlers by the package alone, in an interpreter that has nothing else."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.loopback import Request, Response, serving

PROGRAM = """
import json, sys
from types import SimpleNamespace
sys.path.insert(0, sys.argv[1])
before = set(sys.modules)
from putevents import api_handler, queue_handler
context = SimpleNamespace(
    function_name="function", memory_limit_in_mb=1024, aws_request_id="id",
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:function",
    get_remaining_time_in_millis=lambda: 28_000,
)
answers = [
    handler.lambda_handler(json.loads(event), context)
    for handler, event in zip((api_handler, queue_handler), sys.argv[2:])
]
loaded = sorted(set(sys.modules) - before)
files = [m.__file__ for m in sys.modules.values() if getattr(m, "__file__", None)]
print(json.dumps({"answers": answers, "files": files, "modules": loaded}))
"""
REQUEST = {
    "BatchItem": {
        "me": {
            "Endpoint": {},
            "Events": {"one": {"EventType": "tap", "Timestamp": "2026-11-24T12:00:00Z"}},
        }
    }
}
HTTP_EVENT = {
    "resource": "/v1/apps/{application-id}/events",
    "path": "/v1/apps/my-app/events",
    "httpMethod": "POST",
    "headers": {"content-type": "application/json"},
    "requestContext": {"requestId": "r-1", "stage": "prod"},
    "body": json.dumps(REQUEST),
    "isBase64Encoded": False,
}
SQS_EVENT = {
    "Records": [
        {
            "messageId": "m-1",
            "receiptHandle": "handle",
            "body": json.dumps({"ApplicationId": "my-app", "EventsRequest": REQUEST}),
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
        }
    ]
}


@dataclass(frozen=True)
class Run:
    """What both handlers answered, what they asked of AWS, and the files that this took."""

    api_answer: dict[str, Any]
    queue_answer: dict[str, Any]
    asked: list[str]
    files: list[str]
    modules: list[str]


def run(package: Path, python: Path, **environment: str) -> Run:
    """Let both handlers answer an event while the destination is down and the queue is not."""
    events = (json.dumps(event) for event in (HTTP_EVENT, SQS_EVENT))
    with _aws() as (url, asked):
        done = subprocess.run(
            [python, "-I", "-S", "-c", PROGRAM, str(package), *events],
            env=_environment(package, url) | environment,
            check=True,
            capture_output=True,
            text=True,
        )
    said = json.loads(done.stdout.splitlines()[-1])
    api_answer, queue_answer = said["answers"]
    return Run(api_answer, queue_answer, asked, said["files"], said["modules"])


def _environment(package: Path, url: str) -> dict[str, str]:
    return {
        "LAMBDA_TASK_ROOT": str(package),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;"
        "Parent=53995c3f42cd8ad8;Sampled=1",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_ENDPOINT_URL_PINPOINT": url,
        "AWS_ENDPOINT_URL_SQS": url,
        "AWS_ENDPOINT_URL_DYNAMODB": url,
        "AWS_ENDPOINT_URL_FIREHOSE": url,
        "AWS_ENDPOINT_URL_KINESIS": url,
        "AWS_ENDPOINT_URL_EVENTBRIDGE": url,
        "ENDPOINT_TABLE": "endpoints",
        "EVENT_STREAM_PREFIX": "events-",
        "REJECTED_STREAM": "rejected",
        "KINESIS_STREAM_ARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/events",
        "EVENT_BUS_ARN": "arn:aws:events:eu-west-1:123456789012:event-bus/events",
        "BUS_EVENT_TYPES": "*",
        "DESTINATION": "pinpoint",
        "APPLICATION_IDS": "my-app",
        "RETRY_QUEUE_URL": f"{url}/123456789012/retry",
        "DEAD_LETTER_QUEUE_URL": f"{url}/123456789012/dead",
        "CORS_ORIGINS": "",
    }


@contextmanager
def _aws() -> Iterator[tuple[str, list[str]]]:
    """SQS, which takes everything, and the rest of AWS, which fails; and what was asked of them."""
    asked: list[str] = []

    def respond(request: Request) -> Response:
        call = request.headers.get("x-amz-target", request.target)
        asked.append(call)
        if call.startswith("AmazonSQS."):
            return Response(200, b'{"MessageId": "m-2"}')
        return Response(500, b'{"message": "down"}')

    with serving(respond) as url:
        yield url, asked
