"""A saved query of CloudWatch Logs Insights: every line about one request, from end to end."""

from collections.abc import Sequence

from aws_cdk import aws_logs as logs
from constructs import Construct

# What the person who runs the query puts in place of this: the x-amzn-RequestId of an answer, the
# request_id of a stored event or rejected_events, the RequestId of a dead letter.
PLACEHOLDER = "REQUEST_ID"


class RequestTrail(logs.QueryDefinition):
    """API Gateway's line, the API function's, and those of each attempt of the queue function."""

    def __init__(
        self, scope: Construct, id: str, *, name: str, log_groups: Sequence[logs.ILogGroup]
    ) -> None:
        super().__init__(
            scope,
            id,
            query_definition_name=f"{name}/one request from end to end",
            query_string=_QUERY,
            log_groups=list(log_groups),
        )


# A line about several requests, such as a failed call for ten messages, has a list of ids: so the
# whole line is searched. The field `requestId` is API Gateway's.
_QUERY = logs.QueryString(
    fields=[
        "@timestamp", "coalesce(message, route) as what", "status", "accepted", "rejected",
        "queued", "failed", "attempt", "reason", "error", "message_id", "@message",
    ],
    filter_statements=[f"@message like '{PLACEHOLDER}'"],
    sort="@timestamp asc",
    limit=1000,
)  # fmt: skip
