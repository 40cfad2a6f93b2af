"""What keeps one stack from using up an account: its concurrency, its budget, its tag."""

from typing import Any

import pytest

from infra.names import STACK_TAG
from tests.infra.conftest import Deploy
from tests.infra.nag import findings
from tests.infra.synthesis import ROOT, Deployment

EMAIL = "ops@example.com"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call"
DOORS = ("api", "queue")
NEW_ACCOUNT = 10  # concurrent executions


def test_the_queue_leaves_half_of_a_new_account_to_the_api(default: Deployment) -> None:
    scaling = default.one("Lambda::EventSourceMapping")["ScalingConfig"]

    assert 2 <= scaling["MaximumConcurrency"] <= NEW_ACCOUNT / 2


@pytest.mark.parametrize("door", DOORS)
def test_nothing_is_reserved_unless_a_setting_says_so(default: Deployment, door: str) -> None:
    # A new account has nothing to reserve: its first deployment would fail.
    assert "ReservedConcurrentExecutions" not in default.function(door)


def test_each_function_gets_the_concurrency_that_is_reserved_for_it(deploy: Deploy) -> None:
    deployment = deploy(apiReservedConcurrency=300, queueReservedConcurrency="5")

    reserved = [deployment.function(door)["ReservedConcurrentExecutions"] for door in DOORS]
    assert reserved == [300, 5]


def test_there_is_no_budget_unless_a_setting_names_one(default: Deployment) -> None:
    assert default.all("Budgets::Budget") == []


def budget(deploy: Deploy, **options: Any) -> dict[str, Any]:
    deployment = deploy(**{"monthlyBudgetUsd": "25", "alarmEmail": EMAIL, **options})
    assert findings(deployment.stack) == []
    return deployment.one("Budgets::Budget")


def test_a_budget_writes_before_and_when_it_is_spent_and_when_it_will_be(deploy: Deploy) -> None:
    made = budget(deploy)

    assert made["Budget"] == {
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": 25, "Unit": "USD"},
    }
    notices = [
        (notice["Notification"]["NotificationType"], notice["Notification"]["Threshold"])
        for notice in made["NotificationsWithSubscribers"]
    ]
    assert notices == [("ACTUAL", 50), ("ACTUAL", 100), ("FORECASTED", 100)]
    for notice in made["NotificationsWithSubscribers"]:
        assert notice["Notification"]["ThresholdType"] == "PERCENTAGE"
        assert notice["Subscribers"] == [{"SubscriptionType": "EMAIL", "Address": EMAIL}]


def test_with_a_topic_of_ones_own_the_budget_tells_the_topic(deploy: Deploy) -> None:
    made = budget(deploy, alarmEmail="", alarmTopicArn=TOPIC)

    subscribers = [notice["Subscribers"] for notice in made["NotificationsWithSubscribers"]]
    assert subscribers == [[{"SubscriptionType": "SNS", "Address": TOPIC}]] * 3


def test_where_cloudformation_has_no_budgets_synth_stops_and_says_what_to_do(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDK_DEFAULT_REGION", "eu-north-1")
    said = (
        "CloudFormation has no budgets in eu-north-1: set monthlyBudgetUsd to 0 and make the "
        "budget with the command in docs/costs.md#set-a-budget-that-notifies-you"
    )

    with pytest.raises(RuntimeError, match=said):
        deploy(monthlyBudgetUsd=26, alarmEmail=EMAIL)

    assert "aws budgets create-budget" in (ROOT / "docs/costs.md").read_text()


def test_a_budget_of_the_stack_counts_what_has_its_tag(deploy: Deploy) -> None:
    made = budget(deploy, budgetScope="stack")

    assert made["Budget"]["CostFilters"] == {"TagKeyValue": [f"user:{STACK_TAG}$PutEventsGateway"]}


@pytest.mark.parametrize("destination", ["lake", "pinpoint"])
def test_what_can_cost_something_has_the_stacks_tag(deploy: Deploy, destination: str) -> None:
    deployment = deploy(
        destination=destination, pinpointEndpointUrl="https://events.example.com", auth="api-key"
    )
    costs = ["Lambda::Function", "SQS::Queue", "ApiGateway::RestApi", "ApiGateway::Stage"]
    costs += ["Logs::LogGroup", "CloudWatch::Alarm"]
    if destination == "lake":
        costs += ["DynamoDB::Table", "S3::Bucket", "KinesisFirehose::DeliveryStream"]
        costs += ["Athena::WorkGroup"]
    for type_ in costs:
        made = deployment.all(type_)
        assert made
        for resource in made:
            assert {"Key": STACK_TAG, "Value": "PutEventsGateway"} in resource["Tags"], type_
