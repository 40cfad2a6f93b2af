"""The deploy settings of alarms and of the budget: whom they tell, and when."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from infra.settings.setting_types import OPTIONAL, Group, Switch

MAX_QUIET_HOURS = 168  # an alarm looks back for seven days at most

_Email = Annotated[str, Field(pattern=r"^[!-?A-~]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+$")]
# A FIFO topic's name ends with .fifo; alarms cannot publish to it.
_Topic = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$")
]

NO_RECIPIENT = (
    "Nobody is notified of alarms: set alarmEmail to an address, or alarmTopicArn to an SNS topic."
)


class AlarmSettings(Group):
    """Alarms, the dashboard and the budget."""

    dashboard: Switch = Field(
        True,
        title="creates a CloudWatch dashboard",
        description="true or false; an account's first three dashboards are free, each further "
        "one is $3 a month",
    )
    alarm_email: Annotated[_Email | None, OPTIONAL] = Field(
        None,
        title="where alarms and budget warnings are sent",
        description="an e-mail address, or nothing",
    )
    alarm_topic_arn: Annotated[_Topic | None, OPTIONAL] = Field(
        None,
        title="publishes alarms to your topic",
        description="the ARN of a standard SNS topic, in place of alarmEmail, or nothing",
    )
    quiet_alarm_hours: int = Field(
        0,
        ge=0,
        le=MAX_QUIET_HOURS,
        title="an alarm for each application that sends nothing",
        description=f"hours without a delivered event, 1 to {MAX_QUIET_HOURS}, or 0 for no such "
        "alarm",
    )
    monthly_budget_usd: int = Field(
        0,
        ge=0,
        le=1_000_000_000,
        title="warns you of your AWS bill at 50 and 100 %, and by forecast",
        description="US dollars a month, with alarmEmail or alarmTopicArn; or 0 for no budget",
    )
    budget_scope: Literal["account", "stack"] = Field(
        "account",
        title="the costs that the budget counts",
        description="account, or stack once the stack's tag is active as a cost allocation tag",
    )

    @model_validator(mode="after")
    def _check_alarms(self) -> Self:
        if self.alarm_email and self.alarm_topic_arn:
            raise ValueError("alarmTopicArn")
        if self.monthly_budget_usd and not (self.alarm_email or self.alarm_topic_arn):
            raise ValueError("monthlyBudgetUsd")
        return self
