"""The share of requests with events or endpoints that are answered 403 or 404."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.api import PutEventsApi

# Below this, a share says nothing: one phone whose clock is wrong would be 100 %.
MIN_REQUESTS = 10
PERIOD = Duration.hours(1)
# Fields of infra.api.ACCESS_LOG, all of them text. Reads are left out, since a 404 is what they are
# for, and so is what no route matches: scanners ask for that all day.
_PATTERN = (
    '{ ($.status = "403" || $.status = "404") && ($.method = "POST" || $.method = "PUT")'
    ' && $.route = "/v1/apps/*" }'
)


def share_turned_away(
    scope: Construct, *, name: str, api: PutEventsApi
) -> cloudwatch.MathExpression:
    """Count them in the access log; return their percentage in an hour, or 0 if they are few."""
    # API Gateway's own metric of 4xx has 400 and 413 in it, which clients do wrong themselves.
    counted = logs.MetricFilter(
        scope,
        "TurnedAwayFilter",
        log_group=api.access_log,
        filter_pattern=logs.FilterPattern.literal(_PATTERN),
        metric_namespace=f"PutEventsGateway/{name}",
        metric_name="TurnedAway",
        metric_value="1",
    )
    return cloudwatch.MathExpression(
        expression=f"IF(turned_away >= {MIN_REQUESTS}, 100 * turned_away / requests, 0)",
        using_metrics={
            "turned_away": counted.metric(statistic="Sum"),
            "requests": api.deployment_stage.metric_count(statistic="Sum"),
        },
        period=PERIOD,
    )
