"""A process that does one job over and over and says how much CPU time it took.

It imports nothing of this project but the package under test, so that both sides of a comparison
start alike: `python -I -S bench_worker.py PACKAGES JOB INPUT`. INPUT is a JSON file that the parent
wrote. Each line of its input is a number of calls; each line of its output the CPU seconds that
they took. At the end of the input it says what memory it needed, in KiB, and where the time of the
last calls went.
"""

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from time import process_time, time
from typing import Any

Job = Callable[[], Any]
URL = "AWS_ENDPOINT_URL"


class _Context:
    """What our handlers and Powertools read of Lambda's context."""

    aws_request_id = function_name = invoked_function_arn = "function"
    memory_limit_in_mb = 1024

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 900_000  # a busy machine is no reason to queue anything


def handler(given: Any) -> Job:
    """A Lambda function, each of its invocations traced."""
    sys.path.append(given.get("path", ""))
    handle = import_module(given["module"]).lambda_handler
    event, context = given["event"], _Context()
    ids = iter(range(10**9, 10**10))

    def invoke() -> Any:
        # As the Lambda runtime says which invocation belongs to which trace.
        header = f"Root=1-6743f5a0-{next(ids):024x};Parent=53995c3f42cd8ad8;Sampled=1"
        os.environ["_X_AMZN_TRACE_ID"] = header
        _came_now(event)
        return handle(event, context)

    return invoke


def _came_now(event: Any) -> None:
    # An endpoint's update that is older than some seconds brings another call.
    now = int(time() * 1000)
    if "Records" not in event:
        event["requestContext"]["requestTimeEpoch"] = now
    for record in event.get("Records", ()):
        record["attributes"]["SentTimestamp"] = str(now)


def put_events(given: Any) -> Job:
    """A stock boto3 client, called with one request after another."""
    import boto3

    client = boto3.client("pinpoint")

    def call() -> None:
        for request in given["requests"]:
            client.put_events(ApplicationId="my-app", EventsRequest=request)

    return call


def bare_lake_calls(given: Any) -> Job:
    """The least that a lake needs of AWS: read the endpoint, write the records."""
    import boto3

    dynamodb, firehose = boto3.client("dynamodb"), boto3.client("firehose")

    def call() -> None:
        dynamodb.batch_get_item(RequestItems={given["table"]: {"Keys": given["keys"]}})
        records = [{"Data": json.dumps(record).encode()} for record in given["records"]]
        firehose.put_record_batch(DeliveryStreamName=given["stream"], Records=records)

    return call


def by_hand(given: Any) -> Job:
    """Sign a body that is at hand, send it, read the answer: no client could do less."""
    from http.client import HTTPConnection
    from urllib.parse import urlsplit

    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    secret = os.environ["AWS_SECRET_ACCESS_KEY"]
    signer = SigV4Auth(Credentials("AKIDEXAMPLE", secret), "mobiletargeting", "us-east-1")
    connection = HTTPConnection(urlsplit(os.environ[URL]).netloc)
    body, url = given["body"].encode(), os.environ[URL] + "/v1/apps/my-app/events"
    json_type = {"Content-Type": "application/json"}

    def call() -> Any:
        request = AWSRequest("POST", url, headers=json_type, data=body)
        signer.add_auth(request)
        connection.request("POST", url, body, dict(request.headers))
        return json.loads(connection.getresponse().read())

    return call


def timed(given: Any) -> Job:
    """As `handler`, with the CPU time of some functions noted, each without the others."""
    handler(given)
    for label, places in given["places"].items():
        for place in places:
            module, _, path = place.partition(":")
            owner: Any = import_module(module)
            *names, last = path.split(".")
            for name in names:
                owner = getattr(owner, name)
            setattr(owner, last, _noting(label, getattr(owner, last)))
    return handler(given)  # which looks the handler up again, as wrapped


def _noting(label: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def noted(*args: Any, **kwargs: Any) -> Any:
        started = process_time()
        _inner.append(0.0)
        try:
            return function(*args, **kwargs)
        finally:
            whole = process_time() - started
            _shares[label] = _shares.get(label, 0.0) + whole - _inner.pop()
            if _inner:
                _inner[-1] += whole

    return noted


_shares: dict[str, float] = {}
_inner: list[float] = []  # of each function that runs, what those it called took

JOBS = {job.__name__: job for job in (handler, timed, put_events, bare_lake_calls, by_hand)}


def _most_memory() -> int:
    # Not ru_maxrss, which a child inherits from a parent that is larger than it is.
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def main() -> None:
    """Prepare the job, then do as the input says."""
    packages, job, path = sys.argv[1:]
    sys.path.insert(0, packages)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    # On Lambda somebody reads the log lines; here nobody does, but they are written all the same.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with open(path) as file:
        call = JOBS[job](json.load(file))
    for line in sys.stdin:
        _shares.clear()
        started = process_time()
        for _ in range(int(line)):
            answer = call()
        spent = process_time() - started
        # What was not delivered was queued instead, or failed: something else was measured then.
        if isinstance(answer, dict) and (
            answer.get("batchItemFailures") or '"StatusCode":500' in answer.get("body", "")
        ):
            raise SystemExit(f"not delivered: {answer}")
        print(spent, file=answers)
    print(json.dumps({"memory": _most_memory(), "shares": _shares}), file=answers)


main()
