"""The deploy settings of callers: what follows from knowing who they are."""

from typing import Self

from pydantic import Field, model_validator

from infra.settings.access_settings import AccessSettings
from infra.settings.gateway_settings import GatewaySettings
from infra.settings.setting_types import Switch

# Where a caller has an identity of their own, not one that all share or none.
KNOWN = ("iam", "cognito", "jwt")


class IdentitySettings(AccessSettings, GatewaySettings):
    """Callers with an identity."""

    bind_endpoints: Switch = Field(
        False,
        title="an endpoint or user belongs to its first caller: docs/access.md",
        description="false; or true, which needs destination lake first, and auth iam (for "
        "Cognito identities), cognito or jwt",
    )

    @model_validator(mode="after")
    def _check_identities(self) -> Self:
        if self.bind_endpoints and (self.auth not in KNOWN or self.home != "lake"):
            raise ValueError("bindEndpoints")
        return self
