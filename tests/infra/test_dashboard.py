"""The dashboard shows metrics and log lines that are written, and every alarm of the stack."""

import json
import re
from typing import Any

import pytest

from infra import dashboard
from putevents.observability import Metric
from tests.infra.conftest import Deploy
from tests.infra.synthesis import ROOT, Deployment, text

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
# https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
OF_AWS = {
    "AWS/ApiGateway": {"Latency", "Count"},
    "AWS/Lambda": {"Errors", "Throttles"},
    "AWS/SQS": {
        "ApproximateNumberOfMessagesVisible",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateAgeOfOldestMessage",
    },
    "AWS/Firehose": {"DeliveryToS3.DataFreshness"},
}


def body(deployment: Deployment) -> dict[str, Any]:
    """The dashboard's page."""
    return dict(json.loads(text(deployment.one("CloudWatch::Dashboard")["DashboardBody"])))


@pytest.fixture(name="page")
def _page(default: Deployment) -> dict[str, Any]:
    return body(default)


def searches(page: dict[str, Any]) -> list[tuple[str, str]]:
    """Each metric of the functions that the page searches for, with the stack's name in it."""
    return re.findall(
        r"MetricName=\"(\w+)\" service=\"([^\"]+)\"", json.dumps(page).replace("\\", "")
    )


def test_every_metric_of_the_functions_is_shown_and_no_other(page: dict[str, Any]) -> None:
    assert {name for name, _ in searches(page)} == {metric.value for metric in Metric}
    assert {stack for _, stack in searches(page)} == {"PutEventsGateway"}


def test_every_metric_of_aws_is_one_that_aws_documents(page: dict[str, Any]) -> None:
    shown: dict[str, set[str]] = {}
    for widget in page["widgets"]:
        for metric in widget["properties"].get("metrics", []):
            if isinstance(metric[0], str):
                shown.setdefault(metric[0], set()).add(metric[1])
    assert shown == OF_AWS


def test_the_states_of_all_alarms_come_first(default: Deployment, page: dict[str, Any]) -> None:
    first = page["widgets"][0]
    assert (first["type"], first["y"]) == ("alarm", 0)
    assert len(first["properties"]["alarms"]) == len(default.all("CloudWatch::Alarm"))


def test_a_widget_gets_no_more_alarms_than_it_takes(deploy: Deploy) -> None:
    many = body(deploy(applicationIds=",".join(f"app-{number}" for number in range(60))))
    assert len(many["widgets"][0]["properties"]["alarms"]) == dashboard.MAX_ALARMS


def test_the_name_is_the_stacks_in_its_region_and_the_link_leads_to_it(deploy: Deploy) -> None:
    # CloudWatch's dashboards are the account's, whatever the region.
    deployment = deploy(stackName="shop")
    name = "shop-<AWS::Region>"
    assert text(deployment.one("CloudWatch::Dashboard")["DashboardName"]) == name
    link = deployment.template["Outputs"]["DashboardUrl"]
    assert f"{deployment.template['Conditions'][link['Condition']]}" == (
        "{'Fn::Equals': [{'Ref': 'AWS::Partition'}, 'aws']}"
    )


def test_a_stack_may_have_none(deploy: Deploy) -> None:
    deployment = deploy(dashboard=False)
    assert not deployment.all("CloudWatch::Dashboard")
    assert "DashboardUrl" not in deployment.outputs


def test_forwarding_has_no_lake_whose_freshness_to_show(forwarding: Deployment) -> None:
    titles = {widget["properties"].get("title") for widget in body(forwarding)["widgets"]}
    assert "Freshness of the lake" not in titles
    assert "Estimated spend on requests and events" in titles


def test_each_follower_shows_what_it_lacks_and_gets(deploy: Deploy, page: dict[str, Any]) -> None:
    assert "Followers" not in json.dumps(page)
    widgets = body(deploy(destination="lake,stream"))["widgets"]
    found = {widget["properties"].get("title"): json.dumps(widget) for widget in widgets}
    shown = {text for title, text in found.items() if str(title).startswith("Followers: ")}
    assert len(shown) == 3
    # As the functions write them: see Meter.
    assert all("{PutEventsGateway,application,destination,service}" in text for text in shown)
    assert all("${PROP('Dim.destination')}" in text for text in shown)
    query = found["Destinations left alone, and back"]
    source = (ROOT / "lambda_src/putevents/breaker.py").read_text()
    for said in ("destination is left alone", "destination is back"):
        assert said in query
        assert f'"{said}"' in source


def test_the_estimate_is_near_the_documented_cost() -> None:
    page = (ROOT / "docs/costs.md").read_text()
    [row] = re.findall(r"^\| \*\*together, without traces\*\* \|.*", page, re.MULTILINE)
    documented = [float(figure) for figure in re.findall(r"\d+\.\d+", row)]
    for destination, shown in (("lake", documented[:3]), ("pinpoint", documented[3:])):
        request, event = dashboard.DOLLARS[destination]
        for events, dollars in zip((1, 10, 100), shown, strict=True):
            assert (request / events + event) * 1e6 == pytest.approx(dollars, rel=0.05)
