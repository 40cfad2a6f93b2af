"""The tag by which the stack's cost is told, and a monthly budget that tells whom alarms tell."""

import os

from aws_cdk import Annotations, Stack, Tags
from aws_cdk import aws_budgets as budgets

from infra.deploy_settings import DeploySettings
from infra.names import STACK_TAG

# AWS updates what was spent about three times a day, so one notice comes before all is spent.
_NOTICES = (("ACTUAL", 50), ("ACTUAL", 100), ("FORECASTED", 100))
# Where CloudFormation has no AWS::Budgets::Budget, by the schemas that cfn-lint 1.58 holds.
WITHOUT_BUDGETS = {
    "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-3", "ap-south-2", "ap-southeast-3",
    "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1",
    "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1",
    "mx-central-1", "us-gov-east-1", "us-gov-west-1",
}  # fmt: skip


def add_budget(stack: Stack, settings: DeploySettings) -> None:
    """Tag the stack, and add the budget if the settings name one."""
    Tags.of(stack).add(STACK_TAG, stack.stack_name)
    if not settings.monthly_budget_usd:
        return
    region = os.environ.get("CDK_DEFAULT_REGION", "")  # the CDK CLI's, to which it deploys
    if region in WITHOUT_BUDGETS:
        Annotations.of(stack).add_error(
            f"CloudFormation has no budgets in {region}: set monthlyBudgetUsd to 0 and make the "
            "budget with the command in docs/costs.md#set-a-budget-that-notifies-you"
        )
        return
    _budget(stack, settings)


def _subscriber(settings: DeploySettings) -> budgets.CfnBudget.SubscriberProperty:
    if settings.alarm_topic_arn:
        return budgets.CfnBudget.SubscriberProperty(
            address=settings.alarm_topic_arn, subscription_type="SNS"
        )
    # AWS Budgets writes the e-mails itself: the key of the alarms' topic would not let it in.
    return budgets.CfnBudget.SubscriberProperty(
        address=settings.alarm_email or "", subscription_type="EMAIL"
    )


def _budget(stack: Stack, settings: DeploySettings) -> None:
    own = {"TagKeyValue": [f"user:{STACK_TAG}${stack.stack_name}"]}
    budgets.CfnBudget(
        stack,
        "Budget",
        budget=budgets.CfnBudget.BudgetDataProperty(
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=budgets.CfnBudget.SpendProperty(
                amount=settings.monthly_budget_usd, unit="USD"
            ),
            cost_filters=own if settings.budget_scope == "stack" else None,
        ),
        notifications_with_subscribers=[
            budgets.CfnBudget.NotificationWithSubscribersProperty(
                notification=budgets.CfnBudget.NotificationProperty(
                    notification_type=kind,
                    comparison_operator="GREATER_THAN",
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                ),
                subscribers=[_subscriber(settings)],
            )
            for kind, percent in _NOTICES
        ],
    )
