"""The deploy settings of a web ACL before the API."""

from typing import Annotated

from pydantic import Field

from infra.settings.setting_types import Group, Switch

_WebAcl = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/[A-Za-z0-9_-]{1,128}/[a-f0-9-]{36}$"
    ),
]


class WafSettings(Group):
    """AWS WAF."""

    waf: Switch | _WebAcl = Field(
        False,
        title="puts AWS WAF in front of the API: docs/access.md",
        description="false, true for a web ACL of the stack's own, or the ARN of a regional web "
        "ACL in this account and region",
    )
    waf_rate_limit: int = Field(
        60_000,
        ge=10,
        le=2_000_000_000,
        title="blocks an address that sends more",
        description="requests of one IP address in five minutes, 10 to 2000000000, with waf=true",
    )
