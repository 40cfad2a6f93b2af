"""The deploy settings of callers: what follows from knowing who they are."""

from typing import Self

from pydantic import Field, model_validator

from infra.settings.access_settings import AccessSettings
from infra.settings.gateway_settings import GatewaySettings
from infra.settings.setting_types import Switch

# Where a caller has an identity of their own, not one that all share or none.
KNOWN = ("iam", "cognito", "jwt")


class IdentitySettings(AccessSettings, GatewaySettings):
    """Callers who are known."""

    bind_endpoints: Switch = Field(
        False,
        description="false, or with destination=lake and auth=iam (of Cognito identities), cognito "
        "or jwt true: an endpoint, and a user, is its first caller's and nobody else's",
    )

    @model_validator(mode="after")
    def _check_identities(self) -> Self:
        if self.bind_endpoints and (self.auth not in KNOWN or self.home != "lake"):
            raise ValueError("bindEndpoints")
        return self
