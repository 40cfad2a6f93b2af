"""The issuer's public keys by their ids, kept across invocations."""

import logging
from collections.abc import Callable
from time import time
from typing import Any

from jwt import PyJWK

from authorizer.bounded_fetch import IssuerError, fetch_object
from authorizer.issuer_settings import IssuerSettings

logger = logging.getLogger(__name__)

# Asymmetric ones only: whoever could verify HS256 could sign with it.
ALGORITHMS = frozenset(
    ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
)
FRESH_SECONDS = 600  # as long a key that the issuer takes away still opens
# As long known keys are used while the issuer cannot be asked.
KEPT_SECONDS = 24 * 3600
# However many made-up key ids come in, the issuer is asked so seldom by each environment.
PAUSE_SECONDS = 10


class UnknownKeyError(Exception):
    """The issuer has no key with the id."""


class KeyCache:
    """Finds keys by id; asks the issuer when they are old, and when an id is unknown."""

    def __init__(
        self,
        settings: IssuerSettings,
        *,
        fetch: Callable[[str], dict[str, Any]] = fetch_object,
        clock: Callable[[], float] = time,
    ) -> None:
        self._settings, self._fetch, self._clock = settings, fetch, clock
        self._keys: dict[str, PyJWK] = {}
        self._fetched = self._asked = 0.0
        self._failure: IssuerError | None = None

    def find(self, key_id: str) -> PyJWK:
        """Return a key; raises UnknownKeyError, or IssuerError if the issuer cannot be asked."""
        now = self._clock()
        is_old = now - self._fetched > FRESH_SECONDS
        if (is_old or key_id not in self._keys) and now - self._asked >= PAUSE_SECONDS:
            self._asked = now
            self._refresh(now)
        if now - self._fetched > KEPT_SECONDS:
            self._keys = {}
        if key := self._keys.get(key_id):
            return key
        if self._failure:
            raise self._failure
        raise UnknownKeyError

    def _refresh(self, now: float) -> None:
        try:
            keys = self._load()
        except IssuerError as error:
            logger.error("issuer failed", extra={"reason": str(error)})
            self._failure = error
        else:
            self._keys, self._fetched, self._failure = keys, now, None

    def _load(self) -> dict[str, PyJWK]:
        told = self._fetch(self._settings.jwks_url or self._discover()).get("keys")
        read = [_read(key) for key in told] if isinstance(told, list) else []
        found = [key for key in read if key]
        if not found:
            raise IssuerError("The issuer answered no keys.")
        return {key.key_id: key for key in found if key.key_id and _is_usable(key)}

    def _discover(self) -> str:
        issuer = self._settings.issuer
        document = self._fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        url = document.get("jwks_uri")
        if document.get("issuer") != issuer:
            raise IssuerError("The issuer calls itself something else than jwtIssuer.")
        if not isinstance(url, str):
            raise IssuerError("The issuer does not say where its keys are.")
        return url


def _read(told: Any) -> PyJWK | None:
    """Return a published key, or None for what is none: its neighbours still verify."""
    try:
        return PyJWK(told)
    except Exception as error:  # the library has errors of its own for some of what is wrong
        logger.warning("key not read", extra={"reason": type(error).__name__})
        return None


def _is_usable(key: PyJWK) -> bool:
    return (
        isinstance(key.key_id, str)
        and key.algorithm_name in ALGORITHMS
        and key.public_key_use in (None, "sig")
    )
