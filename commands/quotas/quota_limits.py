"""AWS's quotas by region, and which of them a number of events a second fills.

Defaults as AWS's pages had them on AS_OF; a test holds RECORD_BYTES and WRITE_UNITS against what
the lake writes.
"""

import math
from typing import NamedTuple

from infra.deploy_settings import DeploySettings
from infra.settings.table_settings import NEW_TABLE_WRITES

AS_OF = "2026-11-25"
RATES = (10, 100, 1_000, 10_000, 100_000)
EVENTS_PER_REQUEST = 10  # as Amplify's timed flushes send
# An event of a mobile app with a push token, three attributes and a user, as a line of JSON.
RECORD_BYTES = 1500
REQUEST_SECONDS = 0.05
FULL = 0.8  # of a quota: above it there is no room for a busy minute
WRITE_UNITS = 2  # of a request that updates its endpoint, an item of 1 to 2 KB with its push token
NEW_ACCOUNT = 10  # functions at work at once that AWS may give a new account
MIB = 2**20

FAST = ("us-east-1", "us-west-2", "eu-west-1")
SMALL = (
    "af-south-1", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
    "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1",
    "me-central-1", "mx-central-1",
)  # fmt: skip
# What a new stream on demand takes before it has grown, and the calls of PutEvents on a bus.
# https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
NEW_STREAM_BYTES = 4 * MIB
BUS_PUTS = 10_000  # in us-east-1; 2,400 in us-east-2
THROTTLE_RATE = int(DeploySettings.model_fields["throttle_rate"].default)


class Quota(NamedTuple):
    """A limit that AWS raises when asked; `code` is Service Quotas' where it lists the limit."""

    name: str
    fast: float  # in FAST
    small: float  # in SMALL
    other: float
    unit: str
    service: str
    code: str
    source: str

    def default(self, region: str) -> float:
        """The default in a class of regions."""
        return {"fast": self.fast, "small": self.small}.get(region, self.other)


_AWS = "https://docs.aws.amazon.com"
API = Quota(
    "API Gateway, requests of an account", 10_000, 2_500, 10_000, "requests/s",
    "apigateway", "L-8A5B8E43", f"{_AWS}/apigateway/latest/developerguide/limits.html",
)  # fmt: skip
LAMBDA = Quota(
    "Lambda, functions at work at once", 1_000, 1_000, 1_000, "",
    "lambda", "L-B99A9384", f"{_AWS}/lambda/latest/dg/gettingstarted-limits.html",
)  # fmt: skip
FIREHOSE = Quota(
    "Firehose, bytes of a stream", 5, 1, 1, "MiB/s",
    "firehose", "", f"{_AWS}/firehose/latest/dev/limits.html",
)  # fmt: skip
CALLS = Quota(
    "Firehose, calls of a stream", 2_000, 1_000, 1_000, "calls/s",
    "firehose", "", f"{_AWS}/firehose/latest/dev/limits.html",
)  # fmt: skip
TABLE = Quota(
    "DynamoDB, write units of a table", 40_000, 40_000, 40_000, "units/s",
    "dynamodb", "L-AB614373",
    f"{_AWS}/amazondynamodb/latest/developerguide/ServiceQuotas.html",
)  # fmt: skip
QUOTAS = (API, LAMBDA, FIREHOSE, CALLS, TABLE)
REGIONS = {"fast": ", ".join(FAST), "other": "other regions", "small": "the 13 small regions"}


def demand(events: int) -> dict[Quota, float]:
    """What so many events a second, all of one application, ask of each quota."""
    requests = events / EVENTS_PER_REQUEST
    return {
        API: requests,
        LAMBDA: requests * REQUEST_SECONDS,
        FIREHOSE: events * (RECORD_BYTES + 1) / MIB,
        CALLS: requests,
        TABLE: requests * WRITE_UNITS,
    }


def to_raise(events: int, region: str) -> list[str]:
    """Each quota, and our own setting, that so many events fill, and what to raise it to."""
    needed = {quota: value / FULL for quota, value in demand(events).items()}
    names = [f"{q.name}: {number(v)}" for q, v in needed.items() if v > q.default(region)]
    if NEW_ACCOUNT < needed[LAMBDA] <= LAMBDA.default(region):
        names.append(f"a new account's {NEW_ACCOUNT} functions: {number(needed[LAMBDA])}")
    if needed[TABLE] > NEW_TABLE_WRITES:
        names.insert(0, f"`tableWarmWrites`: {number(needed[TABLE])}")
    if needed[API] > THROTTLE_RATE:
        names.insert(0, f"`throttleRate`: {number(needed[API])}")
    return names


def class_of(region: str) -> str:
    """The class whose defaults a region has."""
    if region in FAST:
        return "fast"
    return "small" if region in SMALL else "other"


def number(value: float) -> str:
    """Whole numbers upwards, small ones with two digits that say something."""
    return f"{math.ceil(value):,}" if value >= 10 else f"{float(f'{value:.2g}'):g}"
