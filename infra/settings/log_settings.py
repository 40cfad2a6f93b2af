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
        description="DEBUG, INFO or WARN: which lines Lambda itself adds to the logs; INFO has two "
        "for each request, WARN only those about errors",
    )
    log_retention_days: LogRetention = Field(
        LogRetention.ONE_MONTH, description=", ".join(str(days.value) for days in LogRetention)
    )
    api_log_role: Literal["create", "existing"] = Field(
        "create", description="create or existing (API Gateway's logging role, one per account)"
    )
    tracing: Literal["off", "functions", "stage"] = Field(
        "functions",
        description="off, functions, or stage for traces that begin at API Gateway, which hold "
        "clients' IP addresses",
    )
    trace_reservoir: Annotated[_Reservoir | None, OPTIONAL] = Field(
        None,
        description="with tracing=stage, traces a second before traceRate, 0 to 100, or nothing "
        f"for {TRACE_RESERVOIR}",
    )
    trace_rate: Annotated[_Share | None, OPTIONAL] = Field(
        None,
        description="with tracing=stage, the share of all other requests, 0 to 1, or nothing for "
        f"{TRACE_RATE}",
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
