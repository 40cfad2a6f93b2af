"""`make bench`: what the gateway adds to, or saves of, the boto3 call that it wraps."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from logging import StreamHandler
from statistics import median
from time import thread_time

from tests.unit.doors import Context, http_event
from tests.upstream import running_upstream

ROUNDS = 9
EVENT = {
    "EventType": "song.played",
    "Timestamp": "2026-11-24T10:00:00.000Z",
    "Attributes": {"genre": "jazz", "plan": "pro", "screen": "player"},
    "Metrics": {"seconds": 187.5},
    "Session": {"Id": "8f0c1d2e-3b4a", "StartTimestamp": "2026-11-24T09:59:00.000Z"},
    "SdkName": "amplify-flutter",
}
# Importing what a first answer needs, each in an interpreter of its own.
IMPORTS = {
    "boto3 and its client": "import boto3; boto3.client('pinpoint')",
    "api_handler": "import putevents.api_handler",
    "queue_handler": "import putevents.queue_handler",
}


def cpu_ms(function: Callable[[], object], calls: int = 30) -> float:
    """CPU milliseconds of a call, in this thread only: the upstream has its own."""
    started = thread_time()
    for _ in range(calls):
        function()
    return (thread_time() - started) * 1000 / calls


def warm() -> None:
    """Requests of 1, 10 and 100 events: the stock boto3 call against the whole Lambda handler."""
    import boto3

    from putevents import api_handler

    client = boto3.client("pinpoint")
    print(f"{'CPU ms per request, warm':32}{'boto3 call':>12}{'gateway':>12}{'ratio':>8}")
    for count in (1, 10, 100):
        batch = {"Endpoint": {}, "Events": {f"event-{i}": EVENT for i in range(count)}}
        request = {"BatchItem": {"phone": batch}}
        event = http_event(request)
        compare(
            f"{count} events, {len(json.dumps(request)) / 1024:.0f} KB",
            partial(client.put_events, ApplicationId="a", EventsRequest=request),
            partial(api_handler.lambda_handler, event, Context()),
        )


def compare(label: str, stock: Callable[[], object], ours: Callable[[], object]) -> None:
    """Print a line: what each costs, and ours in units of the other."""
    # In turn, so that both meet the same moments of a busy machine.
    pairs = [(cpu_ms(stock), cpu_ms(ours)) for _ in range(ROUNDS)]
    theirs, mine = (median(figures) for figures in zip(*pairs, strict=True))
    ratio = median(mine / theirs for theirs, mine in pairs)
    print(f"{label:32}{theirs:12.2f}{mine:12.2f}{ratio:8.2f}")


def cold() -> None:
    """Import time, as user plus system CPU of a fresh interpreter less a bare one."""
    print(f"\n{'CPU ms to import, fresh process':32}")
    bare = median(_process_ms("pass") for _ in range(ROUNDS))
    for name, code in IMPORTS.items():
        print(f"{name:32}{median(_process_ms(code) for _ in range(ROUNDS)) - bare:12.0f}")


def _process_ms(code: str) -> float:
    before = os.times()
    # The X-Ray SDK starts lighter where it finds itself on Lambda.
    environ = {
        **os.environ,
        "LAMBDA_TASK_ROOT": "/var/task",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    }
    subprocess.run([sys.executable, "-c", code], check=True, env=environ)
    after = os.times()
    spent = after.children_user + after.children_system
    return (spent - before.children_user - before.children_system) * 1000


def main() -> None:
    """Run both; the gateway's log lines are written but not shown."""
    with running_upstream() as upstream:
        set_environment(DESTINATION="pinpoint", AWS_ENDPOINT_URL_PINPOINT=upstream.url)
        silence_logs()
        warm()
        cold()


def set_environment(**own: str) -> None:
    """What the functions find in theirs; its queues must not be needed."""
    os.environ.update(
        APPLICATION_IDS="my-app",
        RETRY_QUEUE_URL="http://127.0.0.1:9/retry",
        DEAD_LETTER_QUEUE_URL="http://127.0.0.1:9/dead",
        CORS_ORIGINS="*",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_ACCESS_KEY_ID="AKIDEXAMPLE",
        AWS_SECRET_ACCESS_KEY="made-up",
        **own,
    )


def silence_logs() -> None:
    """Let the gateway write its log lines where nobody reads them."""
    from putevents.observability import logger

    for handler in logger.handlers:
        assert isinstance(handler, StreamHandler)
        handler.setStream(open(os.devnull, "w"))  # noqa: SIM115 # until the process ends


if __name__ == "__main__":
    main()
