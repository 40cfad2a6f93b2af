"""The deploy settings: cdk.json's context, overridden by `-c name=value`, as one model."""

import json
import re
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

from infra.names import (
    BUCKET,
    DEFAULT_STACK,
    MAX_STREAM_CHARACTERS,
    PRINCIPAL,
    STACK,
    event_stream,
    is_respelled_default,
)

# Limits of AWS: a function has 4 KB of environment variables, a role 10 KB of policy.
MAX_APPLICATIONS = 75
MAX_APPLICATION_CHARACTERS = 2500
MAX_ORIGIN_CHARACTERS = 500
MAX_HEADER_CHARACTERS = 200
# A delivery stream is named after the stack and the application: see infra.names.
MAX_LAKE_ID_CHARACTERS = 40
# Each is four resources, of which a stack has 500.
MAX_READERS = 10
# What a new on-demand table takes at once; no less can be asked for.
NEW_TABLE_WRITES, NEW_TABLE_READS = 4_000, 12_000
MAX_QUIET_HOURS = 168  # an alarm looks back for seven days at most
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


def _at_least(least: int) -> AfterValidator:
    """Accept 0, which means none, and numbers from `least` on."""

    def check(number: int) -> int:
        if number and number < least:
            raise ValueError(number)
        return number

    return AfterValidator(check)


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
# A FIFO topic's name ends with .fifo; alarms cannot publish to it.
_Topic = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$")
]
_USER_POOL_ID = r"[a-z0-9-]+_[0-9A-Za-z]+"
_UserPool = Annotated[
    str,
    Field(pattern=rf"^(arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:\d{{12}}:userpool/)?{_USER_POOL_ID}$"),
]
_StackName = Annotated[str, Field(max_length=128, pattern=STACK)]
_BucketName = Annotated[str, Field(pattern=BUCKET)]
_Principal = Annotated[str, Field(pattern=PRINCIPAL)]
_ApiArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:execute-api:[a-z0-9-]+:\d{12}:[a-z0-9]+(/[A-Za-z0-9_-]{1,128})?$"
    ),
]
_Secret = Annotated[
    str,
    Field(
        max_length=512,
        pattern=r"^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}"
        r"|[\w/+=.@-]+)$",
    ),
]
_Positive = Annotated[int, Field(ge=1)]
_Quota = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,8}/(day|week|month)$")]
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DomainName = Annotated[str, Field(max_length=253, pattern=rf"^({_LABEL}\.)+{_LABEL}$")]
_CertificateArn = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[0-9A-Za-z-]+$")
]
_HostedZoneId = Annotated[str, Field(pattern=r"^[0-9A-Z]{1,32}$")]
_BasePath = Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9._-]+$")]
_TABLE_ARN = r"arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table/"
_Table = Annotated[str, Field(pattern=rf"^({_TABLE_ARN})?[A-Za-z0-9_.-]{{3,255}}$")]
_MAX_UNITS = (
    "{0} units a second, up to 1000000 and no fewer than {1}, that the endpoint table and each of "
    "its indexes take at most, without existingEndpointTable; or 0 for no limit of your own"
)
_WARM_UNITS = (
    "{0} units a second, {1} to 1000000, that the endpoint table and each of its indexes take at "
    "once, without existingEndpointTable; or 0 for what AWS gives"
)
_Optional = BeforeValidator(_unset)
_Listed = BeforeValidator(_split)
_Distinct = AfterValidator(lambda parts: tuple(dict.fromkeys(parts)))


# Neither a signature nor a key goes over a network in the clear.
_SAFE_URL = re.compile(r"https://|http://(localhost|127\.0\.0\.1)[:/]")
EXECUTE_API_URL = re.compile(
    r"https://(?P<id>[a-z0-9]+)(-vpce-[a-z0-9]+)?\.execute-api\.(?P<region>[a-z0-9-]+)"
    r"\.amazonaws\.com(\.cn)?/(?P<stage>[^/]+)"
)


def _is_of_api(url: str, arn: str | None) -> bool:
    """Whether URL and ARN say which API is meant, and say the same."""
    found = EXECUTE_API_URL.match(url)
    if arn is None or found is None:
        return arn is not None or found is not None
    region, _, rest = arn.split(":", 3)[3].split(":", 2)
    return (region, rest.partition("/")[0]) == (found["region"], found["id"])


class DeploySettingsError(Exception):
    """A deploy setting is wrong; the message is one sentence."""


class DeploySettings(BaseModel):
    """The deploy settings; the error about a wrong value quotes the setting's description."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    # To add a destination: name it here and connect it in stack.py.
    destination: Literal["lake", "pinpoint"] = Field("lake", description="lake or pinpoint")
    pinpoint_endpoint_url: Annotated[_Url | Literal["aws"] | None, _Optional] = Field(
        None,
        description="the http(s) URL of another PutEvents server, which destination=pinpoint needs "
        "since Amazon's own service ended on 2026-10-30 (aws insists on Amazon's)",
    )
    pinpoint_auth: Literal["none", "iam", "api-key"] = Field(
        "none",
        description="none (unsigned), or with the https pinpointEndpointUrl of another server iam "
        "(signed for execute-api) or api-key",
    )
    pinpoint_api_arn: Annotated[_ApiArn | None, _Optional] = Field(
        None,
        description="with pinpointAuth=iam the ARN of that server's API, "
        "arn:aws:execute-api:REGION:ACCOUNT:API-ID, which a custom domain needs, or nothing for an "
        "execute-api URL of this account",
    )
    pinpoint_api_key_secret: Annotated[_Secret | None, _Optional] = Field(
        None,
        description="the name or ARN of the secret in Secrets Manager whose text is the key, which "
        "pinpointAuth=api-key needs, of at most so many characters as applicationIds has left of "
        f"{MAX_APPLICATION_CHARACTERS}",
    )
    application_ids: Annotated[tuple[_ApplicationId, ...], _Listed, _Distinct] = Field(
        description=f"1 to {MAX_APPLICATIONS} ids of letters, digits, '.', '_' and '-' (a,b or a "
        f"JSON list), together at most {MAX_APPLICATION_CHARACTERS} characters, for destination "
        f"lake at most {MAX_LAKE_ID_CHARACTERS} each",
    )
    stack_name: _StackName = Field(
        DEFAULT_STACK,
        description="letters and digits in words joined by '-', beginning with a letter, at most "
        f"128 characters, not {DEFAULT_STACK} in other capitals; for destination lake at most "
        f"{MAX_STREAM_CHARACTERS - 1} together with the longest application id",
    )
    auth: Literal["iam", "cognito", "api-key", "none"] = Field(
        "iam", description="iam, cognito, api-key or none"
    )
    user_pool_id: Annotated[_UserPool | None, _Optional] = Field(
        None, description="the id or ARN of a Cognito user pool, which auth=cognito needs"
    )
    endpoint_reads: bool = Field(
        False,
        description="false, or with auth=iam true if callers may read and delete endpoints too",
    )
    api_key_rate: Annotated[_Positive | None, _Optional] = Field(
        None,
        description="with auth=api-key the requests a second of the key, 1 to throttleRate, or "
        "nothing for throttleRate",
    )
    api_key_burst: Annotated[_Positive | None, _Optional] = Field(
        None,
        description="with auth=api-key the requests at once of the key, 1 to throttleBurst, or "
        "nothing for throttleBurst",
    )
    api_key_quota: Annotated[_Quota | None, _Optional] = Field(
        None,
        description="with auth=api-key the requests of the key in a day, week or month, such as "
        "5000000/month, or nothing for no quota",
    )
    domain_name: Annotated[_DomainName | None, _Optional] = Field(
        None,
        description="a domain name of your own, such as events.example.com, with its "
        "certificateArn, or nothing",
    )
    certificate_arn: Annotated[_CertificateArn | None, _Optional] = Field(
        None,
        description="the ARN of domainName's certificate in ACM, in the region of the stack, which "
        "domainName needs",
    )
    hosted_zone_id: Annotated[_HostedZoneId | None, _Optional] = Field(
        None,
        description="with domainName the id of the Route 53 zone that gets its record, or nothing",
    )
    base_path: Annotated[_BasePath | None, _Optional] = Field(
        None,
        description="with domainName what stands between it and /v1, of letters, digits, '.', '_' "
        "and '-' but not ping or sping, or nothing",
    )
    disable_execute_api_endpoint: bool = Field(
        False, description="false, or with domainName true to be reached by that name only"
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
    existing_endpoint_table: Annotated[_Table | None, _Optional] = Field(
        None,
        description="the name or ARN of an endpoint table in this account and region that a "
        "gateway made before, or nothing for a new one",
    )
    table_deletion_protection: bool = Field(
        False,
        description="false, or without existingEndpointTable true if the endpoint table cannot be "
        "deleted until this is false again",
    )
    table_backup_days: int = Field(
        0,
        ge=0,
        le=36_500,
        description="days, 1 to 36500, that AWS Backup keeps daily backups of the endpoint table, "
        "or 0 for none",
    )
    table_max_writes: int = Field(
        0, ge=0, le=1_000_000, description=_MAX_UNITS.format("write", "tableWarmWrites")
    )
    table_max_reads: int = Field(
        0, ge=0, le=1_000_000, description=_MAX_UNITS.format("read", "tableWarmReads")
    )
    table_warm_writes: Annotated[int, _at_least(NEW_TABLE_WRITES)] = Field(
        0, le=1_000_000, description=_WARM_UNITS.format("write", NEW_TABLE_WRITES)
    )
    table_warm_reads: Annotated[int, _at_least(NEW_TABLE_READS)] = Field(
        0, le=1_000_000, description=_WARM_UNITS.format("read", NEW_TABLE_READS)
    )
    query_limit_gb: int = Field(
        100, ge=1, le=7_000_000, description="GB that one query may read, 1 to 7000000"
    )
    existing_lake_bucket: Annotated[_BucketName | None, _Optional] = Field(
        None,
        description="the name of a bucket that a lake of an earlier deployment left, or nothing "
        "for a new one; its lifecycle and versioning stay as they are, so eventRetentionDays and "
        "lakeVersioning must be 0 with it",
    )
    lake_versioning: int = Field(
        0,
        ge=0,
        le=36_500,
        description="days that S3 keeps deleted files of the lake to bring them back, or 0 for "
        "no versioning",
    )
    lake_formation: bool = Field(
        False,
        description="false, or true if Lake Formation governs the account's Glue catalog",
    )
    lake_readers: Annotated[tuple[_Principal, ...], _Listed, _Distinct] = Field(
        (),
        max_length=MAX_READERS,
        description=f"at most {MAX_READERS} ARNs of IAM roles and users to whom lakeFormation=true "
        "grants the lake's tables (a,b or a JSON list), or nothing",
    )
    platform_log_level: Literal["DEBUG", "INFO", "WARN"] = Field(
        "WARN",
        description="DEBUG, INFO or WARN: which lines Lambda itself adds to the logs; INFO has two "
        "for each request, WARN only those about errors",
    )
    tracing: Literal["off", "functions", "stage"] = Field(
        "functions",
        description="off, functions, or stage for traces that begin at API Gateway, which hold "
        "clients' IP addresses",
    )
    trace_reservoir: int = Field(
        1,
        ge=0,
        le=100,
        description="with tracing=stage, traces a second before traceRate, 0 to 100",
    )
    trace_rate: float = Field(
        0.01, ge=0, le=1, description="with tracing=stage, the share of all other requests, 0 to 1"
    )
    log_retention_days: LogRetention = Field(
        LogRetention.ONE_MONTH, description=", ".join(str(days.value) for days in LogRetention)
    )
    alarm_email: Annotated[_Email | None, _Optional] = Field(
        None, description="one e-mail address that alarms are sent to, or nothing"
    )
    alarm_topic_arn: Annotated[_Topic | None, _Optional] = Field(
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
        description="US dollars a month at which AWS Budgets writes to alarmEmail, which it needs, "
        "or 0 for no budget",
    )
    budget_scope: Literal["account", "stack"] = Field(
        "account",
        description="account, or stack once the stack's tag is active as a cost allocation tag",
    )
    removal_policy: Literal["destroy", "retain"] = Field(
        "destroy",
        description="destroy or retain (of queues and logs when the stack is deleted; the lake's "
        "data is always kept)",
    )
    termination_protection: bool = Field(
        False, description="false, or true: the stack cannot be deleted until it is false again"
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
        self._check_lake()
        if len(",".join(self.cors_origins)) > MAX_ORIGIN_CHARACTERS:
            raise ValueError("corsOrigins")
        if len(",".join(self.cors_headers)) > MAX_HEADER_CHARACTERS:
            raise ValueError("corsHeaders")
        if self.destination == "pinpoint" and self.pinpoint_endpoint_url is None:
            raise ValueError("pinpointEndpointUrl")
        if self.alarm_email and self.alarm_topic_arn:
            raise ValueError("alarmTopicArn")
        if self.trust_arrival and self.auth != "iam":
            raise ValueError("trustArrival")
        if self.snap_start and self.runtime == "python3.11":
            raise ValueError("snapStart")
        if self.auth == "cognito" and self.user_pool_id is None:
            raise ValueError("userPoolId")
        for name in ("trace_reservoir", "trace_rate"):
            # Nothing but API Gateway goes by a sampling rule.
            if name in self.model_fields_set and self.tracing != "stage":
                raise ValueError(to_camel(name))
        return self

    def _check_lake(self) -> None:
        if is_respelled_default(self.stack_name):
            raise ValueError("stackName")
        longest = max(self.application_ids, key=len)
        name = event_stream(self.stack_name, longest)
        if self.destination == "lake" and len(name) > MAX_STREAM_CHARACTERS:
            raise ValueError("stackName")
        if self.existing_lake_bucket and (self.event_retention_days or self.lake_versioning):
            raise ValueError("existingLakeBucket")
        if self.lake_readers and not self.lake_formation:
            raise ValueError("lakeReaders")

    @model_validator(mode="after")
    def _check_api(self) -> Self:
        if self.endpoint_reads and self.auth != "iam":
            raise ValueError("endpointReads")
        has_key = self.auth == "api-key"
        if self.api_key_rate and not (has_key and self.api_key_rate <= self.throttle_rate):
            raise ValueError("apiKeyRate")
        if self.api_key_burst and not (has_key and self.api_key_burst <= self.throttle_burst):
            raise ValueError("apiKeyBurst")
        if self.api_key_quota and not has_key:
            raise ValueError("apiKeyQuota")
        return self

    @model_validator(mode="after")
    def _check_domain(self) -> Self:
        if (self.domain_name is None) != (self.certificate_arn is None):
            raise ValueError("certificateArn" if self.domain_name else "domainName")
        if self.domain_name is None and self.hosted_zone_id:
            raise ValueError("hostedZoneId")
        if self.base_path in ("ping", "sping") or (self.domain_name is None and self.base_path):
            raise ValueError("basePath")
        if self.domain_name is None and self.disable_execute_api_endpoint:
            raise ValueError("disableExecuteApiEndpoint")
        return self

    @model_validator(mode="after")
    def _check_pinpoint_auth(self) -> Self:
        url, arn = self.pinpoint_endpoint_url or "", self.pinpoint_api_arn
        if self.pinpoint_auth != "none" and not _SAFE_URL.match(url):
            raise ValueError("pinpointAuth")
        secret = self.pinpoint_api_key_secret or ""
        if (self.pinpoint_auth == "api-key") != bool(secret):
            raise ValueError("pinpointApiKeySecret")
        if len(",".join(self.application_ids)) + len(secret) > MAX_APPLICATION_CHARACTERS:
            raise ValueError("pinpointApiKeySecret")
        if self.pinpoint_auth != "iam" and arn:
            raise ValueError("pinpointApiArn")
        if self.pinpoint_auth == "iam" and not _is_of_api(url, arn):
            raise ValueError("pinpointApiArn")
        return self

    @model_validator(mode="after")
    def _check_table(self) -> Self:
        for name, largest, warm in (
            ("tableMaxWrites", self.table_max_writes, self.table_warm_writes),
            ("tableMaxReads", self.table_max_reads, self.table_warm_reads),
        ):
            if 0 < largest < warm:
                raise ValueError(name)
        new_tables = {
            "tableDeletionProtection": self.table_deletion_protection,
            "tableMaxWrites": self.table_max_writes,
            "tableMaxReads": self.table_max_reads,
            "tableWarmWrites": self.table_warm_writes,
            "tableWarmReads": self.table_warm_reads,
        }
        # An existing table is its owner's: the stack would change nothing of it.
        if self.existing_endpoint_table and any(new_tables.values()):
            raise ValueError(next(name for name, value in new_tables.items() if value))
        return self

    @model_validator(mode="after")
    def _check_limits(self) -> Self:
        # With fewer, Lambda would throttle what the queue sends, and each throttle is a receive.
        if 0 < self.queue_reserved_concurrency < self.queue_concurrency:
            raise ValueError("queueReservedConcurrency")
        if self.monthly_budget_usd and self.alarm_email is None:
            raise ValueError("monthlyBudgetUsd")
        return self

    @property
    def table_name(self) -> str | None:
        """The name of the existing endpoint table, or None."""
        table = self.existing_endpoint_table
        return table and table.rpartition("/")[2]

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
