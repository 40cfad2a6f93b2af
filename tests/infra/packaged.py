"""Calls of both handlers by the package alone, in an interpreter that has nothing else."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOWHERE = "http://127.0.0.1:9/"  # nothing listens there
PROGRAM = """
import json, sys
from types import SimpleNamespace
sys.path.insert(0, sys.argv[1])
from putevents import api_handler, queue_handler
context = SimpleNamespace(
    function_name="function", memory_limit_in_mb=1024, aws_request_id="id",
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:function",
)
answers = [
    handler.lambda_handler(json.loads(event), context)
    for handler, event in zip((api_handler, queue_handler), sys.argv[2:])
]
files = [m.__file__ for m in sys.modules.values() if getattr(m, "__file__", None)]
print(json.dumps({"answers": answers, "files": files}))
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
ENVIRONMENT = {
    "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;"
    "Parent=53995c3f42cd8ad8;Sampled=1",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "AWS_ENDPOINT_URL_PINPOINT": NOWHERE,
    "AWS_ENDPOINT_URL_SQS": NOWHERE,
    "DESTINATION": "pinpoint",
    "APPLICATION_IDS": "my-app",
    "RETRY_QUEUE_URL": f"{NOWHERE}retry",
    "DEAD_LETTER_QUEUE_URL": f"{NOWHERE}dead",
    "CORS_ORIGINS": "",
}


@dataclass(frozen=True)
class Run:
    """What both handlers answered, and the files of all modules that this took."""

    api_answer: dict[str, Any]
    queue_answer: dict[str, Any]
    files: list[str]


def run(package: Path) -> Run:
    """Let both handlers answer an event while destination and queues are away."""
    events = (json.dumps(event) for event in (HTTP_EVENT, SQS_EVENT))
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROGRAM, str(package), *events],
        env={**ENVIRONMENT, "LAMBDA_TASK_ROOT": str(package)},
        check=True,
        capture_output=True,
        text=True,
    )
    said = json.loads(done.stdout.splitlines()[-1])
    api_answer, queue_answer = said["answers"]
    return Run(api_answer, queue_answer, said["files"])
