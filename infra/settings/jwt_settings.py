"""The deploy settings of `auth=jwt`: whose tokens come in, and for whom they must be."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from infra.settings.access_settings import AccessSettings
from infra.settings.setting_types import DISTINCT, LISTED, OPTIONAL

MAX_AUDIENCES = 10
MAX_ISSUER_CHARACTERS = 300

# Nothing is spoken in the clear but to this machine, as in tests.
_ISSUER = r"^(https://[A-Za-z0-9.-]+|http://127\.0\.0\.1)(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$"
_JWKS = r"^(https://[A-Za-z0-9.-]+|http://127\.0\.0\.1)(:[0-9]{1,5})?/[A-Za-z0-9._~/?=&%@+-]*$"
_Issuer = Annotated[str, Field(max_length=MAX_ISSUER_CHARACTERS, pattern=_ISSUER)]
_JwksUrl = Annotated[str, Field(max_length=500, pattern=_JWKS)]
_Audience = Annotated[str, Field(max_length=200, pattern=r"^[!-+\--~]+$")]


class JwtSettings(AccessSettings):
    """Tokens of an OpenID Connect issuer."""

    jwt_issuer: Annotated[_Issuer | None, OPTIONAL] = Field(
        None,
        title="who issues the tokens",
        description="the https URL of an OpenID Connect issuer, exactly as in the tokens' `iss` "
        "(for tests http://127.0.0.1 too); auth=jwt needs it",
    )
    jwt_audience: Annotated[tuple[_Audience, ...], LISTED, DISTINCT] = Field(
        (),
        max_length=MAX_AUDIENCES,
        title="whom the tokens must be for",
        description=f"1 to {MAX_AUDIENCES} values of `aud` (a,b or a JSON list), of which a "
        "token must have one; auth=jwt needs them",
    )
    jwt_jwks_url: Annotated[_JwksUrl | None, OPTIONAL] = Field(
        None,
        title="where the issuer's keys are",
        description="the https URL of the issuer's keys (for tests http://127.0.0.1 too), or "
        "nothing for the one in its discovery document",
    )
    jwt_skew_seconds: int = Field(
        60,
        ge=0,
        le=300,
        title="tolerance for the issuer's clock",
        description="seconds, 0 to 300, by which `exp`, `nbf` and `iat` may be off",
    )

    @model_validator(mode="after")
    def _check_jwt(self) -> Self:
        if self.auth == "jwt" and self.jwt_issuer is None:
            raise ValueError("jwtIssuer")
        if self.auth == "jwt" and not self.jwt_audience:
            raise ValueError("jwtAudience")
        return self
