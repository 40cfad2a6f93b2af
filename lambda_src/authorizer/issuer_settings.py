"""The environment variables of the authorizer: whose tokens come in, and for whom they are."""

import json
import os
from collections.abc import Mapping
from typing import NamedTuple, Self


class IssuerSettings(NamedTuple):
    """The deploy settings that begin with `jwt`."""

    issuer: str
    audiences: list[str]
    jwks_url: str  # empty: the issuer's discovery document says it
    skew_seconds: int

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the settings; the stack has validated them."""
        return cls(
            environ["JWT_ISSUER"],
            list(json.loads(environ["JWT_AUDIENCE"])),
            environ["JWT_JWKS_URL"],
            int(environ["JWT_SKEW_SECONDS"]),
        )
