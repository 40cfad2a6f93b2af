"""AWS::CloudWatch::Alarm on an expression: MiniStack keeps it as one on its first metric."""

from importlib import import_module
from typing import Any

provisioners: Any = import_module("ministack.services.cloudformation.provisioners")
put: Any = provisioners._cw_metric_alarm_record


def record(name: str, properties: dict[str, Any]) -> Any:
    """Keep the alarm so that it can be listed and deleted; nothing evaluates it here."""
    metrics = properties.get("Metrics")
    if not metrics:
        return put(name, properties)
    stat = next(metric["MetricStat"] for metric in metrics if "MetricStat" in metric)
    rest = {key: value for key, value in properties.items() if key != "Metrics"}
    return put(name, {**rest, **stat["Metric"], "Statistic": stat["Stat"]})


def install() -> None:
    """Put it in MiniStack's place."""
    provisioners._cw_metric_alarm_record = record
