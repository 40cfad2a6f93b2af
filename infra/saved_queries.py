"""The stack's saved queries of CloudWatch Logs Insights, from one request to the slowest."""

from collections.abc import Sequence

from aws_cdk import aws_logs as logs
from constructs import Construct

# Replace these in the console: REQUEST_ID with the x-amzn-RequestId of an answer, the request_id
# of a stored or rejected event, or the RequestId of a dead letter; EVENT_ID with your event's id.
REQUEST_PLACEHOLDER = "REQUEST_ID"
EVENT_PLACEHOLDER = "EVENT_ID"

# A line about several requests, such as a failed call for ten messages, has a list of ids: so the
# whole line is searched. The field `requestId` is API Gateway's.
TRAIL = logs.QueryString(
    fields=[
        "@timestamp", "coalesce(message, route) as step", "status", "accepted", "rejected",
        "queued", "failed", "attempt", "reason", "error", "message_id", "@message",
    ],
    filter_statements=[f"@message like '{REQUEST_PLACEHOLDER}'"],
    sort="@timestamp asc",
    limit=1000,
)  # fmt: skip
# Logs Insights takes comments: a reader sees them in the console, where the id is put in.
EVENT_SAYS = """\
# undelivered: it waits, or was answered 500 (failed). How it ended: delivered, dead, rejected_ids.
# Nothing: it was accepted at once, or never came. Ask the lake: SELECT request_id FROM events
# WHERE event_id = '...', and rejected_events: of what a request broke, the log has one example."""
EVENT = logs.QueryString(
    fields=[
        "@timestamp", "message as step", "accepted", "rejected", "queued", "failed", "attempt",
        "reason", "request_id", "@message",
    ],
    filter_statements=[f"@message like '{EVENT_PLACEHOLDER}'"],
    sort="@timestamp asc",
    limit=1000,
)  # fmt: skip
RULES = logs.QueryString(
    filter_statements=["message = 'rejected'"],
    stats_statements=["sum(count) as parts, latest(example) as example by reason as rule"],
    sort="parts desc",
    limit=50,
)
NEW_RULES = logs.QueryString(
    filter_statements=["message = 'rejected'"],
    stats_statements=["min(@timestamp) as first, sum(count) as parts by reason as rule"],
    sort="first desc",
    limit=50,
)
SLOWEST = logs.QueryString(
    fields=["@timestamp", "duration_ms", "application_id", "endpoints", "accepted", "request_id"],
    filter_statements=["message = 'put_events' or message = 'enriched_events'"],
    sort="duration_ms desc",
    limit=50,
)
COLD_STARTS = logs.QueryString(
    filter_statements=["message = 'started'"],
    stats_statements=["count(*) as starts, avg(init_ms) as average_ms by bin(15m)"],
)
DEAD_LETTERS = logs.QueryString(
    filter_statements=["message = 'message is a dead letter'"],
    stats_statements=["count(*) as messages by application_id, reason"],
    sort="messages desc",
    limit=50,
)
# Of the function processes, each of which counts for itself.
BREAKERS = logs.QueryString(
    filter_statements=["message = 'destination is left alone' or message = 'destination is back'"],
    stats_statements=[
        "count(*) as processes, max(@timestamp) as last "
        "by coalesce(destination, 'the only one') as destination, application_id, message as state"
    ],
    sort="last desc",
    limit=50,
)


class SavedQueries(Construct):
    """What people ask of the logs, saved in the account for the console."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        access_log: logs.ILogGroup,
        api_log: logs.ILogGroup,
        queue_log: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, id)
        functions = [api_log, queue_log]
        self._save(name, "one request from end to end", TRAIL, [access_log, *functions])
        self._save(name, "what happened to an event", EVENT, functions, says=EVENT_SAYS)
        self._save(name, "which rule rejects most", RULES, functions)
        self._save(name, "slowest requests", SLOWEST, [api_log])
        self._save(name, "cold starts", COLD_STARTS, functions)

    def _save(
        self,
        stack: str,
        name: str,
        query: logs.QueryString,
        log_groups: Sequence[logs.ILogGroup],
        says: str = "",
    ) -> None:
        words = name.title().replace(" ", "")
        definition = logs.QueryDefinition(
            self,
            words,
            query_definition_name=f"{stack}/{name}",
            query_string=query,
            log_groups=list(log_groups),
        )
        if says:
            definition.node.default_child.add_property_override(  # type: ignore[union-attr]
                "QueryString", f"{says}\n{query.to_string()}"
            )
