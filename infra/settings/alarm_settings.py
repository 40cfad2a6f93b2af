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


class AlarmSettings(Group):
    """Alarms, the dashboard and the budget."""

    dashboard: Switch = Field(
        True,
        description="true, or false for no CloudWatch dashboard; an account's first three are "
        "free, a further one is $3 a month",
    )
    alarm_email: Annotated[_Email | None, OPTIONAL] = Field(
        None, description="one e-mail address that alarms are sent to, or nothing"
    )
    alarm_topic_arn: Annotated[_Topic | None, OPTIONAL] = Field(
        None,
        description="the ARN of a standard SNS topic that alarms are published to, in place of "
        "alarmEmail and not beside it, or nothing",
    )
    quiet_alarm_hours: int = Field(
        0,
        ge=0,
        le=MAX_QUIET_HOURS,
        description="hours without a delivered event of an application that are an alarm, "
        f"1 to {MAX_QUIET_HOURS}, or 0 for no such alarm",
    )
    monthly_budget_usd: int = Field(
        0,
        ge=0,
        le=1_000_000_000,
        description="US dollars a month at which AWS Budgets tells alarmEmail or alarmTopicArn, "
        "one of which it needs, or 0 for no budget",
    )
    budget_scope: Literal["account", "stack"] = Field(
        "account",
        description="account, or stack once the stack's tag is active as a cost allocation tag",
    )

    @model_validator(mode="after")
    def _check_alarms(self) -> Self:
        if self.alarm_email and self.alarm_topic_arn:
            raise ValueError("alarmTopicArn")
        if self.monthly_budget_usd and not (self.alarm_email or self.alarm_topic_arn):
            raise ValueError("monthlyBudgetUsd")
        return self
