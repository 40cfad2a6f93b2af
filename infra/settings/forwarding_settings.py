"""The deploy settings of destination `pinpoint`: which server is called, and how."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from infra.settings.gateway_settings import GatewaySettings
from infra.settings.setting_types import OPTIONAL

# Visible ASCII without what would end the host or the path.
HOST, PATH = r"[!-\"$-.0->A-~]", r"[!-\"$->@-~]"
# The address that SDKs and the AWS CLI have for Amazon's own service, of any region and partition.
AMAZONS = r"https?://pinpoint(-fips)?\.[a-z0-9-]+\.(amazonaws\.com|api\.aws)\b"
MAX_URL_CHARACTERS = 200


def _other_server(url: str) -> str:
    """Reject Amazon's service by its address: whoever insists on it says `aws`."""
    if re.match(AMAZONS, url, re.IGNORECASE):
        raise ValueError(url)
    return url


def _plain(value: object) -> object:
    return "aws" if isinstance(value, str) and value.lower() == "aws" else value


_Url = Annotated[
    str,
    Field(max_length=MAX_URL_CHARACTERS, pattern=rf"^https?://{HOST}+(/{PATH}*)?$"),
    AfterValidator(_other_server),
]
_ApiArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:execute-api:[a-z0-9-]+:[0-9]{12}:[a-z0-9]+(/[A-Za-z0-9_-]{1,128})?$"
    ),
]
_Secret = Annotated[
    str,
    Field(
        max_length=512,
        pattern=r"^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9_/+=.@-]+-[A-Za-z0-9]{6}"
        r"|[A-Za-z0-9_/+=.@-]+)$",
    ),
]
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


class ForwardingSettings(GatewaySettings):
    """Forwarding to another PutEvents server."""

    pinpoint_endpoint_url: Annotated[
        _Url | Literal["aws"] | None, OPTIONAL, BeforeValidator(_plain)
    ] = Field(
        None,
        title="the server that events are forwarded to",
        description="the http(s) URL of another PutEvents server; destination=pinpoint needs "
        "it. Amazon's own service ended on 2026-10-30, so its address is rejected; "
        "write aws to use it all the same",
    )
    pinpoint_auth: Literal["none", "iam", "api-key"] = Field(
        "none",
        title="how the gateway authenticates there: docs/forwarding.md",
        description="none for unsigned requests, iam for requests signed for execute-api, or "
        "api-key; iam and api-key need an https pinpointEndpointUrl of another "
        "server",
    )
    pinpoint_api_arn: Annotated[_ApiArn | None, OPTIONAL] = Field(
        None,
        title="the API that the gateway may call there",
        description="the ARN of that server's API, arn:aws:execute-api:REGION:ACCOUNT:API-ID, "
        "with pinpointAuth=iam; you need it for a custom domain or another account. "
        "Or nothing for an execute-api URL of this account",
    )
    pinpoint_api_key_secret: Annotated[_Secret | None, OPTIONAL] = Field(
        None,
        title="where the API key for that server is",
        description="the name or ARN of a secret in Secrets Manager whose text is the key; "
        "pinpointAuth=api-key needs it. Its name counts toward the characters of "
        "applicationIds",
    )

    @model_validator(mode="after")
    def _check_forwarding(self) -> Self:
        if "pinpoint" in self.destination and self.pinpoint_endpoint_url is None:
            raise ValueError("pinpointEndpointUrl")
        url, arn = self.pinpoint_endpoint_url or "", self.pinpoint_api_arn
        if self.pinpoint_auth != "none" and not _SAFE_URL.match(url):
            raise ValueError("pinpointAuth")
        secret = self.pinpoint_api_key_secret or ""
        if (self.pinpoint_auth == "api-key") != bool(secret):
            raise ValueError("pinpointApiKeySecret")
        if len(",".join(self.application_ids)) + len(secret) > self.room:
            raise ValueError("pinpointApiKeySecret")
        if self.pinpoint_auth != "iam" and arn:
            raise ValueError("pinpointApiArn")
        if self.pinpoint_auth == "iam" and not _is_of_api(url, arn):
            raise ValueError("pinpointApiArn")
        return self
