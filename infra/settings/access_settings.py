"""The deploy settings of access: who may call the API, for what, and how often."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from infra.settings.setting_types import OPTIONAL, Group, Switch

_USER_POOL_ID = r"[a-z0-9-]+_[0-9A-Za-z]+"
_UserPool = Annotated[
    str,
    Field(
        pattern=rf"^(arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:[0-9]{{12}}:userpool/)?{_USER_POOL_ID}$"
    ),
]
_Positive = Annotated[int, Field(ge=1)]
_Quota = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,8}/(day|week|month)$")]


class AccessSettings(Group):
    """Who may call the API, and how often."""

    auth: Literal["iam", "cognito", "jwt", "api-key", "none"] = Field(
        "iam",
        title="who may send events: docs/access.md helps you choose",
        description="iam, cognito, jwt, api-key or none",
    )
    user_pool_id: Annotated[_UserPool | None, OPTIONAL] = Field(
        None,
        title="the user pool whose tokens are accepted",
        description="the id or ARN of a Cognito user pool; auth=cognito needs it",
    )
    endpoint_reads: Switch = Field(
        False,
        title="adds routes that read and delete endpoints and users",
        description="false; or true, which needs auth=iam",
    )
    trust_arrival: Switch = Field(
        False,
        title="accepts the time of arrival that a forwarding gateway sends along",
        description="false; or true, which needs auth=iam, if all callers are gateways of your own",
    )
    throttle_rate: int = Field(
        1000,
        ge=1,
        le=100_000,
        title="the most that the API accepts; more is answered 500",
        description="requests a second, 1 to 100000",
    )
    throttle_burst: int = Field(
        2000,
        ge=1,
        le=100_000,
        title="the most that it accepts at the same moment",
        description="requests at once, 1 to 100000",
    )
    api_key_rate: Annotated[_Positive | None, OPTIONAL] = Field(
        None,
        title="the key's own rate",
        description="requests a second, 1 to throttleRate, with auth=api-key; or nothing for "
        "throttleRate",
    )
    api_key_burst: Annotated[_Positive | None, OPTIONAL] = Field(
        None,
        title="the key's own burst",
        description="requests at once, 1 to throttleBurst, with auth=api-key; or nothing for "
        "throttleBurst",
    )
    api_key_quota: Annotated[_Quota | None, OPTIONAL] = Field(
        None,
        title="the key's total for a period",
        description="requests in a day, week or month, such as 5000000/month, with "
        "auth=api-key; or nothing for no quota",
    )

    @model_validator(mode="after")
    def _check_auth(self) -> Self:
        if self.trust_arrival and self.auth != "iam":
            raise ValueError("trustArrival")
        if self.auth == "cognito" and self.user_pool_id is None:
            raise ValueError("userPoolId")
        if self.endpoint_reads and self.auth != "iam":
            raise ValueError("endpointReads")
        return self

    @model_validator(mode="after")
    def _check_api_key(self) -> Self:
        has_key = self.auth == "api-key"
        if self.api_key_rate and not (has_key and self.api_key_rate <= self.throttle_rate):
            raise ValueError("apiKeyRate")
        if self.api_key_burst and not (has_key and self.api_key_burst <= self.throttle_burst):
            raise ValueError("apiKeyBurst")
        if self.api_key_quota and not has_key:
            raise ValueError("apiKeyQuota")
        return self
