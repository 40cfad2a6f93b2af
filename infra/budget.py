"""The tag by which the stack's cost is told, and a monthly budget that writes an e-mail."""

from aws_cdk import Stack, Tags
from aws_cdk import aws_budgets as budgets

from infra.deploy_settings import DeploySettings

TAG = "putevents-gateway"  # its value is the stack's name
# AWS updates what was spent about three times a day, so one notice comes before all is spent.
_NOTICES = (("ACTUAL", 50), ("ACTUAL", 100), ("FORECASTED", 100))


def add_budget(stack: Stack, settings: DeploySettings) -> None:
    """Tag the stack, and add the budget if the settings name one."""
    Tags.of(stack).add(TAG, stack.stack_name)
    if not settings.monthly_budget_usd or not settings.alarm_email:
        return
    # AWS Budgets writes the e-mails itself: a topic with a key of its own would not let it in.
    subscriber = budgets.CfnBudget.SubscriberProperty(
        address=settings.alarm_email, subscription_type="EMAIL"
    )
    own = {"TagKeyValue": [f"user:{TAG}${stack.stack_name}"]}
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
                subscribers=[subscriber],
            )
            for kind, percent in _NOTICES
        ],
    )
