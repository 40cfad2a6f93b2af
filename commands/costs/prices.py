"""Amazon's list prices, in dollars, and what is assumed where nothing can be measured here."""

from typing import Final

READ_ON: Final = "2026-11-25"
REGION: Final = "us-east-1"

MILLION: Final = 1_000_000
MONTH_HOURS: Final = 730
GB: Final = 1024**3  # as the examples of the pricing pages compute

# https://aws.amazon.com/api-gateway/pricing/ : REST API, the first 333 million a month
API_REQUESTS: Final = 3.50
HTTP_API_REQUESTS: Final = 1.00
# https://aws.amazon.com/lambda/pricing/ : arm64, the first 7.5 billion GB-seconds a month
LAMBDA_REQUESTS: Final = 0.20
LAMBDA_GB_SECOND: Final = 0.0000133334
# https://aws.amazon.com/cloudwatch/pricing/ : logs, standard class
LOG_GB: Final = 0.50
LOG_EVENT_BYTES: Final = 26  # are added to each line, says the page on PutLogEvents
ALARM_METRIC: Final = 0.10  # a month, for each metric of a standard alarm
METRIC: Final = 0.30  # a month, of the first 10,000 custom ones
# https://aws.amazon.com/kms/pricing/ and https://aws.amazon.com/secrets-manager/pricing/ : a month
KMS_KEY: Final = 1.00
SECRET: Final = 0.40
# https://aws.amazon.com/xray/pricing/ : traces recorded
TRACES: Final = 5.00
# https://aws.amazon.com/firehose/pricing/ : Direct PUT, the first 500 TB a month
FIREHOSE_GB: Final = 0.029
FIREHOSE_CONVERSION_GB: Final = 0.018
FIREHOSE_STEP: Final = 5 * 1024  # each record is rounded up
# https://aws.amazon.com/kinesis/data-streams/pricing/ : on demand
KINESIS_GB: Final = 0.08  # in; what consumers read is 0.04 a GB
KINESIS_STEP: Final = 1024  # each record is rounded up
KINESIS_HOUR: Final = 0.04  # of a stream
# https://aws.amazon.com/eventbridge/pricing/ : custom events
BUS_EVENTS: Final = 1.00
BUS_STEP: Final = 64 * 1024  # each begun one is an event
# https://aws.amazon.com/dynamodb/pricing/on-demand/ : standard table class
WRITE_UNITS: Final = 0.625
READ_UNITS: Final = 0.125
WRITE_UNIT: Final = 1024
READ_UNIT: Final = 4 * 1024  # strongly consistent
# https://aws.amazon.com/sqs/pricing/ : standard queues, requests of up to 64 KB each
SQS_REQUESTS: Final = 0.40
# https://aws.amazon.com/s3/pricing/ : requests
S3_PUT: Final = 0.005 / 1000

# Of a function with 1,024 MB, https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
MEMORY_GB: Final = 1.0
CPU_SHARE: Final = 1024 / 1769
# Assumed: how long a call outside takes inside one region, and how many requests are cold.
CALL_MS: Final = {
    "BatchGetItem": 5.0, "UpdateItem": 6.0, "Query": 5.0, "PutRecordBatch": 20.0, "PutEvents": 50.0,
}  # fmt: skip
# Likewise of the destinations after the first.
FOLLOWER_CALL_MS: Final = {"PutRecords": 20.0, "PutEvents of a bus": 20.0}
SOCKET_CPU_MS: Final = 0.5  # of a call, for its socket and TLS
COLD_SHARE: Final = 0.005
INIT_MS: Final = 1000.0  # billed since 2025-08-01
# Lambda's own rate beyond one a second, with `tracing` functions; nobody can set it.
TRACED_SHARE: Final = 0.05
