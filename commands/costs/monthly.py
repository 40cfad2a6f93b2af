"""What a stack costs each month whatever is sent, counted in its template."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from commands.costs import prices

EMAIL = {"alarmEmail": "me@example.com"}
TWO = {"applicationIds": ["one", "two"]}
OTHER = {"destination": "pinpoint", "pinpointEndpointUrl": "https://events.example.com/prod"}
SECRET = {"pinpointAuth": "api-key", "pinpointApiKeySecret": "putevents/next"}
STREAM = {"destination": "lake,stream"}
ONE = {"applicationIds": ["one"], "destination": "lake"}


class Monthly(NamedTuple):
    """What is billed by the month."""

    alarms: int
    alarm_metrics: int  # an alarm over two metrics is billed as two
    metrics: int
    keys: int
    secrets: int
    streams: int = 0  # of Kinesis, on demand

    @property
    def dollars(self) -> dict[str, float]:
        """Each part's price."""
        return {
            "alarms": self.alarm_metrics * prices.ALARM_METRIC,
            "metrics": self.metrics * prices.METRIC,
            "KMS keys": self.keys * prices.KMS_KEY,
            "secrets": self.secrets * prices.SECRET,
            "event stream": self.streams * prices.KINESIS_HOUR * prices.MONTH_HOURS,
        }


def cases() -> dict[str, Monthly]:
    """Stacks as people deploy them; the second one is what an application more adds."""
    lake, two = count(ONE), count(ONE | TWO)
    return {
        "`lake`": lake,
        "each application more": Monthly(*(b - a for a, b in zip(lake, two, strict=True))),
        "`lake`, `alarmEmail`": count(ONE | EMAIL),
        "`lake,stream`": count(ONE | STREAM),
        "`pinpoint`": count(ONE | OTHER),
        "`pinpoint`, `pinpointAuth=api-key`": count(ONE | OTHER | SECRET),
    }


def count(options: dict[str, Any]) -> Monthly:
    """Count the parts of the stack that these settings make."""
    settings, resources = _synthesised(options)
    alarms = [r["Properties"] for r in resources if r["Type"] == "AWS::CloudWatch::Alarm"]
    types = [resource["Type"] for resource in resources]
    return Monthly(
        len(alarms),
        sum(_metrics_of(alarm) for alarm in alarms),
        _own_metrics(len(settings.application_ids)) + types.count("AWS::Logs::MetricFilter"),
        types.count("AWS::KMS::Key"),
        types.count("AWS::SecretsManager::Secret") + bool(settings.pinpoint_api_key_secret),
        types.count("AWS::Kinesis::Stream"),
    )


def _metrics_of(alarm: dict[str, Any]) -> int:
    """An expression is no metric."""
    return sum("MetricStat" in metric for metric in alarm.get("Metrics", [])) or 1


def _own_metrics(applications: int) -> int:
    """The functions' metrics, by application and the one that is also of all."""
    from putevents.observability import Metric

    return applications * len(Metric) + 1


def _synthesised(options: dict[str, Any]) -> tuple[Any, list[dict[str, Any]]]:
    # jsii looks for Node on the path; make installs it beside Python.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    os.environ["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"
    from aws_cdk import App
    from aws_cdk.assertions import Template

    from infra.deploy_settings import DeploySettings
    from infra.stack import PutEventsStack

    settings = DeploySettings.from_context(options)
    with TemporaryDirectory() as folder:
        package = Path(folder, "package")
        package.mkdir()
        (package / "empty.py").touch()
        # It is only counted: the CDK's rules, which a deploy applies, would take four seconds.
        app = App(outdir=str(Path(folder, "out")), builtin_cloud_formation_validation=False)
        stack = PutEventsStack(
            app,
            "PutEventsGateway",
            settings=settings,
            package=package,
            authorizer_package=package,
        )
        template = Template.from_stack(stack).to_json()
    return settings, list(template["Resources"].values())
