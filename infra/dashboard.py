"""The CloudWatch dashboard: what comes in, what becomes of it, what waits, and what it costs."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, CfnCondition, CfnOutput, Duration, Fn, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import saved_queries
from infra.api import PutEventsApi
from infra.event_stream import write_throttles
from infra.monitoring import NAMESPACE

# By destination, dollars a request and an event in us-east-1: fitted to the table in
# docs/costs.md that `make costs` prints, without traces.
DOLLARS = {"lake": (5.9e-6, 0.06e-6), "pinpoint": (5.04e-6, 0.0)}
# What an event more costs there; how many go to the bus is not counted here.
FOLLOWER_DOLLARS = {"stream": 0.15e-6}
MAX_ALARMS = 100  # that a widget takes
_WIDTH, _HEIGHT = 24, 6
_PERIOD = Duration.minutes(5)


class Dashboard(Construct):
    """One page about the stack; Logs Insights is asked only while somebody looks at it."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        destinations: Sequence[str],
        alarms: Sequence[cloudwatch.IAlarm],
        api: PutEventsApi,
        functions: Mapping[str, lambda_.IFunction],
        api_log: logs.ILogGroup,
        queue_log: logs.ILogGroup,
        queue: sqs.IQueue,
        dead_letter_queue: sqs.IQueue,
        streams: Mapping[str, firehose.IDeliveryStream],
        event_stream: kinesis.IStream | None,
    ) -> None:
        super().__init__(scope, id)
        self._name = name
        logs_ = [group.log_group_name for group in (api_log, queue_log)]
        rows: list[list[cloudwatch.IWidget]] = [
            [
                cloudwatch.AlarmStatusWidget(
                    title="Alarms", alarms=list(alarms[:MAX_ALARMS]), width=_WIDTH, height=4
                )
            ],
            [
                self._by_application("Events accepted", "EventsAccepted", "Sum"),
                self._by_application("Events rejected", "EventsRejected", "Sum"),
                self._by_application("Events queued", "EventsQueued", "Sum"),
            ],
            [
                self._table("Rejections by rule", saved_queries.RULES, logs_),
                self._table("Rules by their first rejection", saved_queries.NEW_RULES, logs_),
            ],
            [
                self._latency(api),
                self._functions(functions),
                cloudwatch.LogQueryWidget(
                    title="Cold starts",
                    view=cloudwatch.LogQueryVisualizationType.LINE,
                    query_string=saved_queries.COLD_STARTS.to_string(),
                    log_group_names=logs_,
                    width=8,
                    height=_HEIGHT,
                ),
            ],
            [
                self._by_application("Events not delivered at first", "DeliveryFailures", "Sum"),
                self._by_application("Delivery, p99", "DeliveryLatency", "p99"),
                *self._freshness(streams),
            ],
            self._followers() if len(destinations) > 1 else [],
            [self._table("Destinations left alone, and back", saved_queries.BREAKERS, logs_)]
            if len(destinations) > 1
            else [],
            [self._event_stream(event_stream)] if event_stream else [],
            [
                self._queue(queue),
                self._by_application("Longest wait", "LongestWait", "Maximum"),
                self._dead_letters(dead_letter_queue),
            ],
            [
                self._table("Dead letters", saved_queries.DEAD_LETTERS, logs_[1:]),
                self._spend(api, *destinations),
            ],
        ]
        # Names of dashboards are the account's, in all regions.
        dashboard = cloudwatch.Dashboard(
            self,
            "Page",
            dashboard_name=f"{name}-{Aws.REGION}",
            widgets=[row for row in rows if row],
        )
        self._add_output(dashboard)

    def _followers(self) -> list[cloudwatch.IWidget]:
        """Return what says which destination is behind: one that lacks events and gets none."""
        return [
            self._graph(title, [self._search(metric, "Sum", _PERIOD, by_destination=True)])
            for title, metric in (
                ("Followers: not delivered, each try", "DeliveryFailures"),
                ("Followers: delivered later", "EventsAccepted"),
                ("Followers: rejected", "EventsRejected"),
            )
        ]

    def _by_application(self, title: str, metric: str, statistic: str) -> cloudwatch.GraphWidget:
        return self._graph(title, [self._search(metric, statistic, _PERIOD)])

    def _search(
        self,
        metric: str,
        statistic: str,
        period: Duration,
        sum_up: bool = False,
        by_destination: bool = False,
    ) -> cloudwatch.MathExpression:
        # Without the dimension of the application, the metric is one of all of them; those with
        # the dimension of the destination are the followers'.
        dimensions = "application,destination" if by_destination else "application"
        label = "${PROP('Dim.application')}"
        if by_destination:
            label = f"${{PROP('Dim.destination')}} {label}"
        search = (
            f'SEARCH(\'{{{NAMESPACE},{dimensions},service}} MetricName="{metric}" '
            f"service=\"{self._name}\"', '{statistic}', {period.to_seconds():.0f})"
        )
        return cloudwatch.MathExpression(
            expression=f"SUM({search})" if sum_up else search,
            label=metric if sum_up else label,
            using_metrics={},
            period=period,
        )

    def _latency(self, api: PutEventsApi) -> cloudwatch.GraphWidget:
        latency = api.deployment_stage.metric_latency
        return self._graph("Latency", [latency(statistic=s, label=s) for s in ("p50", "p99")])

    def _functions(self, functions: Mapping[str, lambda_.IFunction]) -> cloudwatch.GraphWidget:
        counted = [
            metric
            for name, function in functions.items()
            for metric in (
                function.metric_errors(label=f"{name}: errors"),
                function.metric_throttles(label=f"{name}: throttled"),
            )
        ]
        return self._graph("Functions", counted)

    def _freshness(
        self, streams: Mapping[str, firehose.IDeliveryStream]
    ) -> list[cloudwatch.GraphWidget]:
        if not streams:
            return []
        age = "DeliveryToS3.DataFreshness"
        ages = [
            stream.metric(age, statistic="Maximum", label=application_id)
            for application_id, stream in streams.items()
        ]
        return [self._graph("Freshness of the lake", ages)]

    def _event_stream(self, stream: kinesis.IStream) -> cloudwatch.GraphWidget:
        # What consumers are behind by is a metric of each consumer.
        records = stream.metric_incoming_records(statistic="Sum", label="records")
        throttles = write_throttles(stream).with_(label="held back")
        return self._graph("Event stream", [records, throttles])

    def _queue(self, queue: sqs.IQueue) -> cloudwatch.GraphWidget:
        return self._graph(
            "Messages waiting",
            [
                queue.metric_approximate_number_of_messages_visible(label="due"),
                queue.metric_approximate_number_of_messages_not_visible(label="held or in hand"),
                queue.metric_approximate_age_of_oldest_message(label="age in seconds, right"),
            ],
            right=1,
        )

    def _dead_letters(self, queue: sqs.IQueue) -> cloudwatch.GraphWidget:
        there = queue.metric_approximate_number_of_messages_visible(
            statistic="Maximum", label="dead letters"
        )
        return self._graph("Dead letters in the queue", [there])

    def _spend(self, api: PutEventsApi, home: str, *followers: str) -> cloudwatch.GraphWidget:
        day, (request, event) = Duration.days(1), DOLLARS[home]
        event += sum(FOLLOWER_DOLLARS.get(follower, 0.0) for follower in followers)
        spend = cloudwatch.MathExpression(
            expression=f"requests * {request:.10f} + events * {event:.10f}",
            label="dollars a day, us-east-1",
            using_metrics={
                "requests": api.deployment_stage.metric_count(statistic="Sum"),
                "events": self._search("EventsAccepted", "Sum", day, sum_up=True),
            },
            period=day,
        )
        return self._graph("Estimated spend on requests and events", [spend], width=12)

    def _graph(
        self, title: str, left: Sequence[cloudwatch.IMetric], right: int = 0, width: int = 8
    ) -> cloudwatch.GraphWidget:
        """Return a graph; the last `right` metrics have the scale on the right."""
        split = len(left) - right
        return cloudwatch.GraphWidget(
            title=title,
            left=list(left[:split]),
            right=list(left[split:]),
            width=width,
            height=_HEIGHT,
            left_y_axis=cloudwatch.YAxisProps(min=0, show_units=False),
        )

    def _table(
        self, title: str, query: logs.QueryString, log_groups: Sequence[str]
    ) -> cloudwatch.LogQueryWidget:
        return cloudwatch.LogQueryWidget(
            title=title,
            view=cloudwatch.LogQueryVisualizationType.TABLE,
            query_string=query.to_string(),
            log_group_names=list(log_groups),
            width=12,
            height=_HEIGHT,
        )

    def _add_output(self, dashboard: cloudwatch.Dashboard) -> None:
        # Other partitions have consoles at other addresses.
        is_known = CfnCondition(
            self, "HasLink", expression=Fn.condition_equals(Aws.PARTITION, "aws")
        )
        link = CfnOutput(
            Stack.of(self),
            "DashboardUrl",
            value=f"https://{Aws.REGION}.console.aws.amazon.com/cloudwatch/home"
            f"?region={Aws.REGION}#dashboards/dashboard/{dashboard.dashboard_name}",
        )
        link.condition = is_known
