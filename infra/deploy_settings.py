"""The deploy settings: cdk.json's context, overridden by `-c name=value`, as one model."""

import json
from collections.abc import Mapping
from enum import IntEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

# Limits of AWS: a function has 4 KB of environment variables, a role 10 KB of policy.
MAX_APPLICATIONS = 75
MAX_APPLICATION_CHARACTERS = 2500
MAX_ORIGIN_CHARACTERS = 500
MAX_HEADER_CHARACTERS = 200
# A delivery stream's name has at most 64 characters and starts with the stack's name.
MAX_LAKE_ID_CHARACTERS = 40
# The CDK CLI's own names in the context, besides those with a colon.
_CLI_NAMES = {"cli-telemetry", "acknowledged-issue-numbers"}


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


def _split(value: object) -> object:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _unset(value: object) -> object:
    return None if value == "" else value


_ApplicationId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")]
# As browsers write the Origin header: lower case, without a path. A `*` stands in the first label
# only, before a domain or localhost.
_Origin = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9+.-]*://"
        r"([a-z0-9.-]+|[a-z0-9-]*\*[a-z0-9-]*\.([a-z0-9-]+(\.[a-z0-9-]+)+|localhost))"
        r"(:[0-9]{1,5})?$"
    ),
]
_Header = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
_Url = Annotated[str, Field(max_length=200, pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$")]
_Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
_USER_POOL_ID = r"[a-z0-9-]+_[0-9A-Za-z]+"
_UserPool = Annotated[
    str,
    Field(pattern=rf"^(arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:\d{{12}}:userpool/)?{_USER_POOL_ID}$"),
]
_Optional = BeforeValidator(_unset)
_Listed = BeforeValidator(_split)
_Distinct = AfterValidator(lambda parts: tuple(dict.fromkeys(parts)))


class DeploySettingsError(Exception):
    """A deploy setting is wrong; the message is one sentence."""


class DeploySettings(BaseModel):
    """The deploy settings; the error about a wrong value quotes the setting's description."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    # To add a destination: name it here and connect it in stack.py.
    destination: Literal["pinpoint", "lake"] = Field("pinpoint", description="pinpoint or lake")
    pinpoint_endpoint_url: Annotated[_Url | None, _Optional] = Field(
        None, description="the http(s) URL of another PutEvents server, or nothing for AWS"
    )
    application_ids: Annotated[tuple[_ApplicationId, ...], _Listed, _Distinct] = Field(
        description=f"1 to {MAX_APPLICATIONS} ids of letters, digits, '.', '_' and '-' (a,b or a "
        f"JSON list), together at most {MAX_APPLICATION_CHARACTERS} characters, for destination "
        f"lake at most {MAX_LAKE_ID_CHARACTERS} each",
    )
    auth: Literal["iam", "cognito", "api-key", "none"] = Field(
        "iam", description="iam, cognito, api-key or none"
    )
    user_pool_id: Annotated[_UserPool | None, _Optional] = Field(
        None, description="the id or ARN of a Cognito user pool, which auth=cognito needs"
    )
    cors_origins: Annotated[tuple[_Origin, ...] | tuple[Literal["*"]], _Listed] = Field(
        (),
        description="origins like https://app.example.com, or https://*.example.dev for all one "
        f"step under it (a,b or a JSON list), together at most {MAX_ORIGIN_CHARACTERS} characters, "
        "or *, or nothing",
    )
    cors_headers: Annotated[tuple[_Header, ...], _Listed] = Field(
        (),
        description="names of more headers that pages may send (a,b or a JSON list), together at "
        f"most {MAX_HEADER_CHARACTERS} characters, or nothing",
    )
    trust_arrival: bool = Field(
        False,
        description="false, or with auth=iam true if callers are gateways of your own, which say "
        "when what they forward came in",
    )
    architecture: Literal["arm64", "x86_64"] = Field("arm64", description="arm64 or x86_64")
    # The default is what AWS supports longest of what the tests run the package on.
    runtime: Literal["python3.11", "python3.12", "python3.13", "python3.14"] = Field(
        "python3.13", description="python3.11, python3.12, python3.13 or python3.14"
    )
    snap_start: bool = Field(
        False,
        description="false, or with runtime python3.12 or newer true: functions start from a "
        "snapshot, which costs by the month and by the start",
    )
    throttle_rate: int = Field(1000, ge=1, le=100_000, description="requests a second, 1 to 100000")
    throttle_burst: int = Field(2000, ge=1, le=100_000, description="requests at once, 1 to 100000")
    queue_concurrency: int = Field(
        10, ge=2, le=1000, description="concurrent invocations of the queue function, 2 to 1000"
    )
    retry_delay_seconds: int = Field(30, ge=0, le=900, description="seconds, 0 to 900")
    lake_buffer_seconds: int = Field(
        300,
        ge=0,
        le=900,
        description="seconds, 0 to 900, that events wait to be written together; fewer make more "
        "and smaller files",
    )
    event_retention_days: int = Field(
        0, ge=0, le=36_500, description="days until the lake deletes events, or 0 for never"
    )
    query_limit_gb: int = Field(
        100, ge=1, le=7_000_000, description="GB that one query may read, 1 to 7000000"
    )
    log_retention_days: LogRetention = Field(
        LogRetention.ONE_MONTH, description=", ".join(str(days.value) for days in LogRetention)
    )
    alarm_email: Annotated[_Email | None, _Optional] = Field(
        None, description="one e-mail address, or nothing"
    )
    removal_policy: Literal["destroy", "retain"] = Field(
        "destroy",
        description="destroy or retain (of queues and logs when the stack is deleted; the lake's "
        "data is always kept)",
    )
    api_log_role: Literal["create", "existing"] = Field(
        "create", description="create or existing (API Gateway's logging role, one per account)"
    )

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        ids, characters = self.application_ids, len(",".join(self.application_ids))
        if not 0 < len(ids) <= MAX_APPLICATIONS or characters > MAX_APPLICATION_CHARACTERS:
            raise ValueError("applicationIds")
        if self.destination == "lake" and max(map(len, ids)) > MAX_LAKE_ID_CHARACTERS:
            raise ValueError("applicationIds")
        if len(",".join(self.cors_origins)) > MAX_ORIGIN_CHARACTERS:
            raise ValueError("corsOrigins")
        if len(",".join(self.cors_headers)) > MAX_HEADER_CHARACTERS:
            raise ValueError("corsHeaders")
        if self.trust_arrival and self.auth != "iam":
            raise ValueError("trustArrival")
        if self.snap_start and self.runtime == "python3.11":
            raise ValueError("snapStart")
        if self.auth == "cognito" and self.user_pool_id is None:
            raise ValueError("userPoolId")
        return self

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Self:
        """Read the settings; raise DeploySettingsError about the first wrong one."""
        given = {
            name: value
            for name, value in context.items()
            if ":" not in name and name not in _CLI_NAMES
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0] if first["loc"] else first["ctx"]["error"])
            raise DeploySettingsError(cls._sentence(name, given.get(name, ""))) from None

    @classmethod
    def _sentence(cls, name: str, value: object) -> str:
        allowed = {field.alias: field.description for field in cls.model_fields.values()}
        if name not in allowed:
            return f"There is no deploy option {name}; there are {', '.join(map(str, allowed))}."
        shown = value if isinstance(value, str) else json.dumps(value)
        return f"The deploy option {name} is '{shown}', but must be {allowed[name]}."
