"""Where a warm request's CPU time goes, by what is called."""

from tests.benchmarks.bench_lab import Lab
from tests.benchmarks.bench_traffic import request
from tests.benchmarks.paired import worker

CALLS = 300
# What is timed, without what it calls of the others; the first is all the rest.
PLACES = {
    "route and respond": ["putevents.api_handler:lambda_handler"],
    "read the body": ["putevents.api_handler:read", "putevents.wire.body:read_quickly"],
    "validate": ["putevents.wire.body:_validate", "putevents.ingest:validate"],
    "settle": ["putevents.ingest:settle"],
    "write the call's body": ["putevents.wire.split:_wire"],
    "boto3: the call": ["botocore.client:BaseClient._make_api_call"],
    "boto3: sign": ["botocore.signers:RequestSigner.sign"],
    "boto3: HTTP": ["botocore.httpsession:URLLib3Session.send"],
    "trace": [
        "putevents.observability:recorded",
        "putevents.trace_context:_Recorded.__enter__",
        "putevents.trace_context:_Recorded.__exit__",
    ],
    "log and metrics": ["putevents.ingest.submission:Submission.log"],
}


def shares(lab: Lab, events: int) -> dict[str, float]:
    """CPU ms of a request with so many events, by label of PLACES."""
    job = lab.api(request(events))
    with worker(job._replace(name="timed", given={**job.given, "places": PLACES})) as timed:
        timed.seconds(CALLS // 10)
        timed.seconds(CALLS)
        seconds = timed.shares()
        return {label: seconds[label] * 1000 / CALLS for label in PLACES}
