"""The deploy settings of a domain name of one's own."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from infra.names import SEGMENT
from infra.settings.setting_types import OPTIONAL, Group, Switch

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DomainName = Annotated[str, Field(max_length=253, pattern=rf"^({_LABEL}\.)+{_LABEL}$")]
_CertificateArn = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9A-Za-z-]+$")
]
_HostedZoneId = Annotated[str, Field(pattern=r"^[0-9A-Z]{1,32}$")]
_BasePath = Annotated[str, Field(max_length=100, pattern=SEGMENT)]


class DomainSettings(Group):
    """A domain name of your own."""

    domain_name: Annotated[_DomainName | None, OPTIONAL] = Field(
        None,
        title="your name for the API: docs/custom-domain.md",
        description="a domain name, such as events.example.com, which needs certificateArn; or "
        "nothing",
    )
    certificate_arn: Annotated[_CertificateArn | None, OPTIONAL] = Field(
        None,
        title="the certificate of that name",
        description="the ARN of a certificate for domainName, from ACM in the region of the "
        "stack; domainName needs it",
    )
    hosted_zone_id: Annotated[_HostedZoneId | None, OPTIONAL] = Field(
        None,
        title="writes the name's DNS record",
        description="the id of the Route 53 zone of domainName; or nothing if you create the "
        "record yourself",
    )
    base_path: Annotated[_BasePath | None, OPTIONAL] = Field(
        None,
        title="a path before /v1, so that the name can serve other APIs too",
        description="letters, digits, '.', '_' and '-', but not ping, sping, . or .., with "
        "domainName; or nothing",
    )
    disable_execute_api_endpoint: Switch = Field(
        False,
        title="closes the API's own AWS URL",
        description="false; or true, which needs domainName",
    )

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
