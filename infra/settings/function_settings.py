"""The deploy settings of the two Lambda functions, and of the queue's pace."""

from typing import Literal, Self

from pydantic import Field, model_validator

from infra.settings.setting_types import Group, Switch


class FunctionSettings(Group):
    """The functions and the queue."""

    architecture: Literal["arm64", "x86_64"] = Field("arm64", description="arm64 or x86_64")
    # The default is what AWS supports longest of what the tests run the package on.
    runtime: Literal["python3.11", "python3.12", "python3.13", "python3.14"] = Field(
        "python3.13", description="python3.11, python3.12, python3.13 or python3.14"
    )
    snap_start: Switch = Field(
        False,
        description="false, or with runtime python3.12 or newer true: functions start from a "
        "snapshot, which costs by the month and by the start",
    )
    queue_concurrency: int = Field(
        5, ge=2, le=1000, description="concurrent invocations of the queue function, 2 to 1000"
    )
    api_reserved_concurrency: int = Field(
        0,
        ge=0,
        le=100_000,
        description="concurrent invocations that Lambda reserves for the API function, which gets "
        "no more, 1 to 100000, or 0 for none",
    )
    queue_reserved_concurrency: int = Field(
        0,
        ge=0,
        le=100_000,
        description="concurrent invocations that Lambda reserves for the queue function, from "
        "queueConcurrency to 100000, or 0 for none",
    )
    retry_delay_seconds: int = Field(30, ge=0, le=900, description="seconds, 0 to 900")

    @model_validator(mode="after")
    def _check_functions(self) -> Self:
        if self.snap_start and self.runtime == "python3.11":
            raise ValueError("snapStart")
        # With fewer, Lambda would throttle what the queue sends, and each throttle is a receive.
        if 0 < self.queue_reserved_concurrency < self.queue_concurrency:
            raise ValueError("queueReservedConcurrency")
        return self
