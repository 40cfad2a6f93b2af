"""The deploy settings of the two Lambda functions, and of the queue's pace."""

from typing import Literal, Self

from pydantic import Field, model_validator

from infra.settings.setting_types import Group, Switch


class FunctionSettings(Group):
    """The functions and the queue."""

    architecture: Literal["arm64", "x86_64"] = Field(
        "arm64", title="the functions' processor", description="arm64 or x86_64"
    )
    # The default is what AWS supports longest of what the tests run the package on.
    runtime: Literal["python3.11", "python3.12", "python3.13", "python3.14"] = Field(
        "python3.13",
        title="the functions' Python",
        description="python3.11, python3.12, python3.13 or python3.14",
    )
    snap_start: Switch = Field(
        False,
        title="starts functions from a snapshot: docs/performance.md",
        description="false; or true, which needs runtime python3.12 or newer, and costs by the "
        "month and by the start",
    )
    queue_concurrency: int = Field(
        5,
        ge=2,
        le=1000,
        title="how many queue functions run at once",
        description="concurrent executions, 2 to 1000",
    )
    api_reserved_concurrency: int = Field(
        0,
        ge=0,
        le=100_000,
        title="reserves and limits executions of the API function",
        description="concurrent executions, 1 to 100000, or 0 to reserve none",
    )
    queue_reserved_concurrency: int = Field(
        0,
        ge=0,
        le=100_000,
        title="reserves and limits executions of the queue function",
        description="concurrent executions, from queueConcurrency to 100000, or 0 to reserve none",
    )
    retry_delay_seconds: int = Field(
        30,
        ge=0,
        le=900,
        title="the wait before the first retry; later ones wait longer",
        description="seconds, 0 to 900; 0 retries at once and gives up after 32 attempts, not "
        "after four days",
    )

    @model_validator(mode="after")
    def _check_functions(self) -> Self:
        if self.snap_start and self.runtime == "python3.11":
            raise ValueError("snapStart")
        # With fewer, Lambda would throttle what the queue sends, and each throttle is a receive.
        if 0 < self.queue_reserved_concurrency < self.queue_concurrency:
            raise ValueError("queueReservedConcurrency")
        return self
