"""Alarms that tell the topic of the deploy settings: on too much of something, or on silence."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from infra.acknowledge import NIST, acknowledge
from infra.alarm_topic import alarm_topic
from infra.deploy_settings import DeploySettings

PERIOD = Duration.minutes(5)


class Alarms(Construct):
    """A place for alarms, each of which tells when it begins and when it ends."""

    def __init__(self, scope: Construct, id: str, settings: DeploySettings) -> None:
        super().__init__(scope, id)
        self.alarms: list[cloudwatch.Alarm] = []
        topic = alarm_topic(self, settings)
        self._action = actions.SnsAction(topic) if topic else None
        if topic is None:
            acknowledge(
                self,
                "CloudWatchAlarmAction",
                "Without alarmEmail and alarmTopicArn alarms notify nobody, and synth warns of it.",
                [NIST],
            )

    def on_much(
        self,
        id: str,
        metric: cloudwatch.Metric | cloudwatch.MathExpression,
        description: str,
        threshold: float = 1,
        periods: int = 1,
    ) -> None:
        """Add an alarm on one period of several that reaches a threshold; no data is well."""
        if isinstance(metric, cloudwatch.Metric):
            metric = metric.with_(period=PERIOD)
        alarm = cloudwatch.Alarm(
            self,
            id,
            metric=metric,
            alarm_description=description,
            threshold=threshold,
            comparison_operator=(cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD),
            evaluation_periods=periods,
            datapoints_to_alarm=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        self._tell(alarm)

    def on_silence(self, id: str, metric: cloudwatch.Metric, description: str, hours: int) -> None:
        """Add an alarm on so many hours with none of it; no data is none."""
        alarm = cloudwatch.Alarm(
            self,
            id,
            metric=metric.with_(period=Duration.hours(1)),
            alarm_description=description,
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            evaluation_periods=hours,
            datapoints_to_alarm=hours,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )
        self._tell(alarm)

    def _tell(self, alarm: cloudwatch.Alarm) -> None:
        self.alarms.append(alarm)
        if self._action:
            alarm.add_alarm_action(self._action)
            alarm.add_ok_action(self._action)
