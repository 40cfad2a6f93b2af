"""An OpenID Connect issuer on loopback: it has keys, says where they are, and signs tokens."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from time import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from authorizer.issuer_settings import IssuerSettings
from tests.loopback import Request, Response, serving

AUDIENCE, SUBJECT = "my-api", "auth0|somebody"
RSA, OTHER_RSA, WEAK_RSA = (rsa.generate_private_key(65537, bits) for bits in (2048, 2048, 1024))
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()


class Issuer:
    """Answers as an issuer does; tests change what it answers."""

    def __init__(self) -> None:
        self.url = ""
        self.keys: list[dict[str, Any]] = [public("first", RSA)]
        self.discovery: dict[str, Any] = {}
        self.instead: Response | None = None
        self.asked: list[str] = []

    def respond(self, request: Request) -> Response:
        """Answer the discovery document or the keys."""
        self.asked.append(request.target)
        if self.instead:
            return self.instead
        if request.target == "/.well-known/openid-configuration":
            told = {"issuer": self.issuer, "jwks_uri": f"{self.url}/keys", **self.discovery}
            return Response(200, json.dumps(told).encode())
        return Response(200, json.dumps({"keys": self.keys}).encode())

    @property
    def issuer(self) -> str:
        """What tokens have as `iss`: Auth0's ends with a slash."""
        return f"{self.url}/"

    def settings(self, **changed: Any) -> IssuerSettings:
        """The settings of an authorizer that takes the issuer's tokens."""
        return IssuerSettings(self.issuer, [AUDIENCE, "other-api"], "", 60)._replace(**changed)

    def token(
        self, key: Any = RSA, kid: str | None = "first", alg: str = "RS256", **claims: Any
    ) -> str:
        """A token that is good but for what is given; None takes a claim away."""
        now = int(time())
        usual = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": SUBJECT,
            "iat": now,
            "exp": now + 3600,
        }
        told = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(told, key, alg, headers={"kid": kid} if kid else None)


def public(kid: str, key: Any, **members: Any) -> dict[str, Any]:
    """A key as the issuer publishes it."""
    kinds: dict[type, Any] = {
        type(RSA): RSAAlgorithm,
        type(EC): ECAlgorithm,
        type(ED): OKPAlgorithm,
    }
    made = kinds[type(key)].to_jwk(key.public_key(), as_dict=True)
    return {**made, "kid": kid, "use": "sig", **members}


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """An issuer until the block ends."""
    issuer = Issuer()
    with serving(issuer.respond) as url:
        issuer.url = url
        yield issuer
