"""The deploy settings of logs and traces."""

from enum import IntEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from infra.names import MAX_TRACED_CHARACTERS
from infra.settings.gateway_settings import GatewaySettings
from infra.settings.setting_types import OPTIONAL

# Traces a second, and the share of all other requests.
TRACE_RESERVOIR, TRACE_RATE = 1, 0.01

_Reservoir = Annotated[int, Field(ge=0, le=100)]
_Share = Annotated[float, Field(ge=0, le=1)]


class LogRetention(IntEnum):
    """The retention periods of CloudWatch logs in days, with the CDK's names."""

    ONE_DAY = 1
    ONE_WEEK = 7
    TWO_WEEKS = 14
    ONE_MONTH = 30
    THREE_MONTHS = 90
    SIX_MONTHS = 180
    ONE_YEAR = 365
    TWO_YEARS = 731
    FIVE_YEARS = 1827
    TEN_YEARS = 3653


class LogSettings(GatewaySettings):
    """Logs and traces."""

    platform_log_level: Literal["DEBUG", "INFO", "WARN"] = Field(
        "WARN",
        title="the lines that Lambda itself writes to the logs",
        description="DEBUG, INFO or WARN; INFO has two lines for each request, WARN only lines "
        "about errors",
    )
    log_retention_days: LogRetention = Field(
        LogRetention.ONE_MONTH,
        title="how long logs are kept",
        description=", ".join(str(days.value) for days in LogRetention),
    )
    api_log_role: Literal["create", "existing"] = Field(
        "create",
        title="creates the account's role for API Gateway's logs",
        description="create; or existing, if the account has the role already, which all stacks "
        "share",
    )
    tracing: Literal["off", "functions", "stage"] = Field(
        "functions",
        title="X-Ray traces: docs/monitoring.md",
        description="off, functions, or stage for traces that begin at API Gateway and contain "
        "clients' IP addresses",
    )
    trace_reservoir: Annotated[_Reservoir | None, OPTIONAL] = Field(
        None,
        title="traces a second that are always taken",
        description="traces a second, 0 to 100, with tracing=stage; or nothing for "
        f"{TRACE_RESERVOIR}",
    )
    trace_rate: Annotated[_Share | None, OPTIONAL] = Field(
        None,
        title="the share of the other requests that is traced",
        description=f"a share, 0 to 1, with tracing=stage; or nothing for {TRACE_RATE}",
    )

    @model_validator(mode="after")
    def _check_tracing(self) -> Self:
        # Nothing but API Gateway goes by a sampling rule.
        if self.trace_reservoir is not None and self.tracing != "stage":
            raise ValueError("traceReservoir")
        if self.trace_rate is not None and self.tracing != "stage":
            raise ValueError("traceRate")
        if self.tracing == "stage" and len(self.stack_name) > MAX_TRACED_CHARACTERS:
            raise ValueError("stackName")
        return self
