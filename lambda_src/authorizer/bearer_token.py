"""Verifies a bearer token: who issued it, for whom, until when."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jwt import ImmatureSignatureError, PyJWT, get_unverified_header

from authorizer.issuer_settings import IssuerSettings
from authorizer.key_cache import ALGORITHMS, KeyCache, UnknownKeyError

MAX_TOKEN_CHARACTERS = 8192  # API Gateway takes 10,240 bytes of all headers
_SCHEME = "bearer "
_REQUIRED = ["exp", "iss", "aud", "sub"]


class RejectedTokenError(Exception):
    """A token that does not come in; the text is a reason without anything of the token.

    Where `is_final`, the same token will never come in.
    """

    def __init__(self, reason: str, *, is_final: bool = True) -> None:
        super().__init__(reason)
        self.is_final = is_final


class TokenVerifier:
    """Verifies the tokens of one issuer."""

    def __init__(self, settings: IssuerSettings, keys: KeyCache) -> None:
        self._settings, self._keys = settings, keys
        self._jwt = PyJWT({"enforce_minimum_key_length": True, "require": _REQUIRED})

    def claims(self, header: str) -> dict[str, Any]:
        """Return the claims of an Authorization header's token.

        Raises RejectedTokenError, or IssuerError if nobody can tell whether the token is good.
        """
        token = header[len(_SCHEME) :] if header.lower().startswith(_SCHEME) else header
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise RejectedTokenError("too long")
        try:
            return self._verified(token)
        except UnknownKeyError:
            # The issuer may publish it in a moment.
            raise RejectedTokenError("unknown key", is_final=False) from None

    def _verified(self, token: str) -> dict[str, Any]:
        with _told_by_reason():
            key_id = _key_id(token)
        key = self._keys.find(key_id)  # what fails in here is the issuer's
        with _told_by_reason():
            claims = self._jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._settings.audiences,
                issuer=self._settings.issuer,
                leeway=self._settings.skew_seconds,
            )
            if not claims["sub"]:
                raise RejectedTokenError("no subject")
            claims["sub"].encode()  # half a surrogate pair is in no answer to API Gateway
        return claims


@contextmanager
def _told_by_reason() -> Iterator[None]:
    """Reject a token for whatever is found wrong while nothing but the token is read.

    The library has errors of its own for what it expects. A header or claim of any other type
    raises TypeError, OverflowError and the like, and must not be a 500 that strangers can cause.
    """
    try:
        yield
    except RejectedTokenError:
        raise
    except Exception as error:
        is_final = not isinstance(error, ImmatureSignatureError)
        raise RejectedTokenError(type(error).__name__, is_final=is_final) from None


def _key_id(token: str) -> str:
    """Return what the token's own header, which nobody has verified, says of its key."""
    head = get_unverified_header(token)
    algorithm, key_id = head.get("alg"), head.get("kid")
    if not (isinstance(algorithm, str) and algorithm in ALGORITHMS):
        raise RejectedTokenError("algorithm")
    if not (isinstance(key_id, str) and key_id):
        raise RejectedTokenError("no key id")
    return key_id
