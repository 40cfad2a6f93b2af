"""What a flood costs a day: strangers' requests at `throttleRate`, which `auth=none` lets in."""

from typing import NamedTuple

from commands.costs import prices
from infra.deploy_settings import DeploySettings

DAY = 86_400
FIREHOSE_QUOTA = 5 * 1024 * 1024  # bytes a second of a stream, in the regions with the larger one
CONCURRENCY = 1_000  # of functions, what an account has by default
TABLE_QUOTA = 40_000  # units a second of an on-demand table, and as many of an index
QUEUE_CONCURRENCY = int(DeploySettings.model_fields["queue_concurrency"].default)
REQUESTS_A_MESSAGE = 16  # SQS bills a message of 1 MiB as so many
TABLE_PARTS = 3  # the table and its two indexes; each has the limit of `tableMaxWrites`


class Request(NamedTuple):
    """What one request of a flood makes the stack do."""

    seconds: float = 0.04  # of the API function, as `make costs` reckons it
    log_bytes: int = 1250  # as billed, which `make costs` counts
    traced: float = prices.TRACED_SHARE  # the share that X-Ray records
    writes: float = 0  # DynamoDB's units, those of the indexes among them
    reads: float = 0
    firehose_bytes: int = 0
    sqs_requests: float = 0  # to send what is queued, once

    @property
    def queue_requests(self) -> float:
        """SQS's requests when the queue's function looks at it: received, sent anew, deleted."""
        return 2 * self.sqs_requests + self.sqs_requests / REQUESTS_A_MESSAGE


# Of the last two most is queued: a stream's quota is a few of the former a second, a table's a few
# of the latter. Their seconds are estimates: a measured 0.1 of CPU, and calls outside. The queue's
# function is taken to be as long over what a request brought, so its concurrency bounds its part.
FLOODS = {
    "`pinpoint`, one event": Request(seconds=0.053),
    "`lake`, one event, `Endpoint: {}`": Request(reads=1, firehose_bytes=1500),
    "`lake`, one event, new endpoint and user": Request(writes=5, reads=3, firehose_bytes=1500),
    "`lake`, 4 MB of events": Request(
        seconds=0.5, writes=5, reads=3, firehose_bytes=4_200_000, sqs_requests=65
    ),
    "`lake`, 1,000 new endpoints and users": Request(
        seconds=5, writes=5_000, reads=3_000, firehose_bytes=1_500_000, sqs_requests=16
    ),
}


def dollars_a_day(rate: int, request: Request) -> dict[str, float]:
    """What each service takes for so many requests a second, all day."""
    served = min(rate, CONCURRENCY / request.seconds)  # a second; the others Lambda throttles
    billed = -(-request.firehose_bytes // prices.FIREHOSE_STEP) * prices.FIREHOSE_STEP
    firehose_gb = min(served * billed, FIREHOSE_QUOTA) / prices.GB
    writes = min(served * request.writes, TABLE_PARTS * TABLE_QUOTA)
    reads = min(served * request.reads, TABLE_QUOTA)
    looked_at = min(served, QUEUE_CONCURRENCY / request.seconds)  # by the queue's function
    queue_seconds = looked_at * request.seconds if request.sqs_requests else 0
    sqs_requests = served * request.sqs_requests + looked_at * request.queue_requests
    logs_gb = served * request.log_bytes / prices.GB
    gb_seconds = (served * request.seconds + queue_seconds) * prices.MEMORY_GB
    millions = {
        "API Gateway": rate * prices.API_REQUESTS,
        "Lambda": served * prices.LAMBDA_REQUESTS,
        "logs, traces": served * request.traced * prices.TRACES,
        "DynamoDB": writes * prices.WRITE_UNITS + reads * prices.READ_UNITS,
        "Firehose": 0.0,
        "SQS": sqs_requests * prices.SQS_REQUESTS,
    }
    a_second = {service: dollars / prices.MILLION for service, dollars in millions.items()}
    a_second["Lambda"] += gb_seconds * prices.LAMBDA_GB_SECOND
    a_second["logs, traces"] += logs_gb * prices.LOG_GB
    a_second["Firehose"] += firehose_gb * (prices.FIREHOSE_GB + prices.FIREHOSE_CONVERSION_GB)
    return {service: DAY * dollars for service, dollars in a_second.items()}


def queue_dollars_a_day(request: Request) -> float:
    """The part of the queue's function and its requests, which stays until the queue is empty."""
    looked_at = QUEUE_CONCURRENCY / request.seconds
    requests = looked_at * request.queue_requests * prices.SQS_REQUESTS / prices.MILLION
    time = QUEUE_CONCURRENCY * prices.MEMORY_GB * prices.LAMBDA_GB_SECOND
    return DAY * (requests + time)


def table_dollars_a_day(max_writes: int) -> float:
    """The most that writes take under a `tableMaxWrites`, if it is held all day."""
    return TABLE_PARTS * max_writes * DAY / prices.MILLION * prices.WRITE_UNITS


def head() -> list[str]:
    """What the columns are."""
    return ["a flood of", *dollars_a_day(1, Request()), "a day", "30 days"]


def rows(rate: int) -> list[list[str]]:
    """A row for each flood: dollars a day by service, and of all."""
    found = []
    for name, request in FLOODS.items():
        costs = dollars_a_day(rate, request)
        total = sum(costs.values())
        found.append(
            [name, *(f"${dollars:,.0f}" for dollars in [*costs.values(), total, 30 * total])]
        )
    return found


def markdown(rate: int) -> str:
    """The rows as docs/costs.md shows them."""
    lines = [head(), ["---"] * len(head()), *rows(rate)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
