"""Which tokens come in: everything that is wrong with one is told by a reason."""

import base64
import hmac
import json
import logging
from collections.abc import Iterator
from hashlib import sha256
from time import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from authorizer import jwt_handler
from authorizer.bearer_token import MAX_TOKEN_CHARACTERS, RejectedTokenError, TokenVerifier
from authorizer.key_cache import KeyCache
from tests.access.issuer import (
    AUDIENCE,
    EC,
    ED,
    OTHER_RSA,
    RSA,
    SUBJECT,
    WEAK_RSA,
    Issuer,
    public,
    running_issuer,
)

METHOD = "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod/POST/v1/apps/a/events"
ALL = "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod/*"
HOUR = 3600


@pytest.fixture(name="issuer")
def _issuer() -> Iterator[Issuer]:
    with running_issuer() as issuer:
        yield issuer


def verifier(issuer: Issuer, **settings: Any) -> TokenVerifier:
    found = issuer.settings(**settings)
    return TokenVerifier(found, KeyCache(found))


def rejected(issuer: Issuer, token: str) -> str:
    with pytest.raises(RejectedTokenError) as told:
        verifier(issuer).claims(f"Bearer {token}")
    return f"{told.value}{'' if told.value.is_final else ', for now'}"


def forged(head: dict[str, Any], claims: dict[str, Any], secret: bytes = b"") -> str:
    """A token that no library makes: signed with HMAC, or not at all."""

    def encoded(part: bytes) -> str:
        return base64.urlsafe_b64encode(part).decode().rstrip("=")

    text = ".".join(encoded(json.dumps(part).encode()) for part in (head, claims))
    signature = hmac.new(secret, text.encode(), sha256).digest() if secret else b""
    return f"{text}.{encoded(signature)}"


def good_claims(issuer: Issuer) -> dict[str, Any]:
    return {"iss": issuer.issuer, "aud": AUDIENCE, "sub": SUBJECT, "exp": time() + HOUR}


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", ""])
def test_a_good_token_comes_in(issuer: Issuer, scheme: str) -> None:
    assert verifier(issuer).claims(scheme + issuer.token())["sub"] == SUBJECT


@pytest.mark.parametrize(
    ("key", "alg"), [(RSA, "RS256"), (RSA, "PS384"), (EC, "ES256"), (ED, "EdDSA")]
)
def test_every_usual_kind_of_key_verifies(issuer: Issuer, key: Any, alg: str) -> None:
    issuer.keys = [public("a", OTHER_RSA), public("b", key, alg=alg)]

    assert verifier(issuer).claims(issuer.token(key, "b", alg))["sub"] == SUBJECT


def test_one_of_several_audiences_is_enough(issuer: Issuer) -> None:
    token = issuer.token(aud=["somebody-else", "other-api"])

    assert verifier(issuer).claims(token)["sub"] == SUBJECT


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": int(time()) - HOUR}, "ExpiredSignatureError"),
        ({"nbf": int(time()) + HOUR}, "ImmatureSignatureError, for now"),
        ({"iat": int(time()) + HOUR}, "ImmatureSignatureError, for now"),
        ({"aud": "another-api"}, "InvalidAudienceError"),
        ({"aud": None}, "MissingRequiredClaimError"),
        ({"iss": "https://login.example.com/"}, "InvalidIssuerError"),
        ({"iss": None}, "MissingRequiredClaimError"),
        ({"exp": None}, "MissingRequiredClaimError"),
        ({"sub": None}, "MissingRequiredClaimError"),
        ({"sub": ""}, "no subject"),
    ],
)
def test_wrong_claims_are_rejected(issuer: Issuer, claims: dict[str, Any], reason: str) -> None:
    assert rejected(issuer, issuer.token(**claims)) == reason


@pytest.mark.parametrize(("seconds", "is_in"), [(-30, True), (-90, False)])
def test_clocks_may_differ_by_the_skew(issuer: Issuer, seconds: int, is_in: bool) -> None:
    token = issuer.token(exp=int(time()) + seconds)
    early = issuer.token(nbf=int(time()) - seconds)

    for made in (token, early):
        if is_in:
            assert verifier(issuer).claims(made)
        else:
            assert rejected(issuer, made)


def test_what_is_signed_by_nobody_is_rejected(issuer: Issuer) -> None:
    for alg in ("none", "None", "", "HS256", "RS1"):
        token = forged({"alg": alg, "kid": "first"}, good_claims(issuer))
        assert rejected(issuer, token) == "algorithm"
    assert rejected(issuer, forged({"kid": "first"}, good_claims(issuer))) == "algorithm"
    assert issuer.asked == []  # nothing of it needs a key


def test_the_public_key_is_no_secret_to_sign_with(issuer: Issuer) -> None:
    pem = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    hs256 = forged({"alg": "HS256", "kid": "first"}, good_claims(issuer), pem)
    as_rs256 = forged({"alg": "RS256", "kid": "first"}, good_claims(issuer), pem)

    assert rejected(issuer, hs256) == "algorithm"
    assert rejected(issuer, as_rs256) == "InvalidSignatureError"


def test_a_key_verifies_its_own_algorithm_only(issuer: Issuer) -> None:
    issuer.keys = [public("first", RSA, alg="RS256")]

    assert rejected(issuer, issuer.token(alg="RS512")) == "InvalidAlgorithmError"


@pytest.mark.parametrize(
    ("published", "reason"),
    [
        (public("first", OTHER_RSA), "InvalidSignatureError"),
        (public("second", RSA), "unknown key, for now"),
        (public("first", RSA, use="enc"), "unknown key, for now"),
        ({"kty": "oct", "k": "c2VjcmV0", "kid": "first"}, "unknown key, for now"),
    ],
)
def test_a_key_that_does_not_fit_verifies_nothing(
    issuer: Issuer, published: dict[str, Any], reason: str
) -> None:
    issuer.keys = [published]

    assert rejected(issuer, issuer.token()) == reason


@pytest.mark.filterwarnings("ignore:The RSA key is")
def test_a_short_key_verifies_nothing(issuer: Issuer) -> None:
    issuer.keys = [public("first", WEAK_RSA)]

    assert rejected(issuer, issuer.token(WEAK_RSA)) == "InvalidKeyError"


def test_a_token_names_its_key(issuer: Issuer) -> None:
    assert rejected(issuer, issuer.token(kid=None)) == "no key id"


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "..", "é.é.é", "W10.e30.", "eyJhIjoxfQ.e30."])
def test_what_is_no_token_is_rejected(issuer: Issuer, token: str) -> None:
    assert rejected(issuer, token)


def test_a_huge_token_is_not_read(issuer: Issuer) -> None:
    assert rejected(issuer, issuer.token(junk="x" * MAX_TOKEN_CHARACTERS)) == "too long"


def answer(issuer: Issuer, monkeypatch: pytest.MonkeyPatch, token: str) -> dict[str, Any]:
    """What the function answers to API Gateway."""
    monkeypatch.setenv("JWT_ISSUER", issuer.issuer)
    monkeypatch.setenv("JWT_AUDIENCE", json.dumps([AUDIENCE]))
    monkeypatch.setenv("JWT_JWKS_URL", "")
    monkeypatch.setenv("JWT_SKEW_SECONDS", "60")
    jwt_handler._verifier.cache_clear()
    event = {"type": "TOKEN", "authorizationToken": f"Bearer {token}", "methodArn": METHOD}
    return jwt_handler.lambda_handler(event, None)


def test_api_gateway_is_given_a_policy_for_all_methods_and_who_calls(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For all, since API Gateway asks the same policy about every method while it keeps it."""
    told = answer(issuer, monkeypatch, issuer.token())

    [statement] = told["policyDocument"]["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Allow", ALL)
    assert told["principalId"] == SUBJECT
    assert told["context"] == {"iss": issuer.issuer, "sub": SUBJECT}


def test_a_token_that_is_never_good_is_denied_and_one_that_may_be_is_asked_for_again(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expired, unknown = issuer.token(exp=1), issuer.token(kid="next")

    with caplog.at_level(logging.WARNING):
        told = answer(issuer, monkeypatch, expired)
        # The text by which API Gateway knows a 401.
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            answer(issuer, monkeypatch, unknown)

    [statement] = told["policyDocument"]["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Deny", ALL)
    assert [vars(r)["reason"] for r in caplog.records] == ["ExpiredSignatureError", "unknown key"]
    for token in (expired, unknown):
        for part in token.split("."):
            assert part not in str([vars(record) for record in caplog.records])
