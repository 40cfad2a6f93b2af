"""Who called, as far as API Gateway knows; nothing of it is a credential."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

_DIGEST_BYTES = 16
_MAX_CHARACTERS = 160  # of each part: a message of the queue has little room beside its body


class Caller(NamedTuple):
    """Who called; each part is empty where it is not known."""

    # What endpoints are tied to: a digest of who it is. Empty also where nothing is tied.
    owner: str = ""
    cognito_id: str = ""  # of Cognito Identity
    cognito_pool_id: str = ""

    @classmethod
    def of_request(cls, context: Mapping[str, Any], *, ties: bool) -> "Caller":
        """Return the caller of a request, given the `requestContext` of API Gateway.

        `ties` says whether endpoints are tied to callers.
        """
        identity = context.get("identity") or {}
        cognito_id = identity.get("cognitoIdentityId") or ""
        owner = _owner(cognito_id, context.get("authorizer") or {}) if ties else ""
        if not cognito_id and not owner:
            return UNKNOWN
        return cls(owner, cognito_id, identity.get("cognitoIdentityPoolId") or "")

    @classmethod
    def of_text(cls, text: str) -> "Caller":
        """Return the caller that a message of the queue names; what is not ours names nobody."""
        try:
            parts = from_json(text)
        except ValueError:
            return UNKNOWN
        if not isinstance(parts, list) or len(parts) != len(cls._fields):
            return UNKNOWN
        is_ours = all(isinstance(part, str) and len(part) <= _MAX_CHARACTERS for part in parts)
        return cls(*parts) if is_ours else UNKNOWN

    @property
    def text(self) -> str:
        """As a message of the queue names the caller; empty for nobody."""
        return to_json(list(self)).decode() if any(self) else ""


UNKNOWN = Caller()


def _owner(cognito_id: str, authorizer: Mapping[str, Any]) -> str:
    """Return a digest of a Cognito identity, or of a token's issuer and subject; else nothing.

    A role or a user of IAM without a Cognito identity is a server of one's own.
    """
    # A Cognito user pool's claims are an object, those of a Lambda authorizer members.
    claims = authorizer.get("claims") or authorizer
    subject = claims.get("sub")
    if cognito_id:
        who = f"cognito {cognito_id}"
    elif subject:
        who = f"token {claims.get('iss')} {subject}"
    else:
        return ""
    return blake2b(who.encode(errors="backslashreplace"), digest_size=_DIGEST_BYTES).hexdigest()
