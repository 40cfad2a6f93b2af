"""Whatever JSON a token, or a published key, is made of: it is answered, and never an exception."""

import json
from base64 import urlsafe_b64encode
from time import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizer.bearer_token import RejectedTokenError, TokenVerifier
from authorizer.issuer_settings import IssuerSettings
from authorizer.key_cache import ALGORITHMS, KeyCache
from tests.access.issuer import AUDIENCE, ED, SUBJECT, public

ISSUER = "https://issuer.example/"
SETTINGS = IssuerSettings(ISSUER, [AUDIENCE], f"{ISSUER}keys", 60)
CLAIMS: dict[str, Any] = {"iss": ISSUER, "aud": AUDIENCE, "sub": SUBJECT, "exp": 4e9}
HEAD: dict[str, Any] = {"alg": "EdDSA", "kid": "ed"}
KEY = public("ed", ED, alg="EdDSA")

LONELY = "\ud800"  # JSON may hold half a surrogate pair
TEXTS = st.text(max_size=8) | st.sampled_from(
    [*sorted(ALGORITHMS), "none", "ed", "HS256", AUDIENCE, ISSUER, LONELY]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)


def changed(good: dict[str, Any], *names: str) -> st.SearchStrategy[Any]:
    """Any JSON, mostly what is good but for some members of any type."""
    some = st.dictionaries(st.sampled_from((*[*good] * 4, *names)), VALUES, max_size=2)
    return st.one_of(some.map(lambda wrong: {**good, **wrong}), VALUES)


HEADS = changed(HEAD, "typ", "cty", "crit", "b64", "jwk", "jku", "x5c", "zip", "enc")
PAYLOADS = changed(CLAIMS, "nbf", "iat", "jti", "azp", "scope")
KEYS = st.lists(changed(KEY, "n", "e", "y", "d", "k", "key_ops", "x5c"), max_size=2)


def token(head: Any, payload: Any) -> str:
    """A token that the issuer itself has signed, whatever is in it."""
    parts = (urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, payload))
    text = b".".join(parts)
    return b".".join((text, urlsafe_b64encode(ED.sign(text)).rstrip(b"="))).decode()


def verifier(*keys: Any) -> TokenVerifier:
    return TokenVerifier(SETTINGS, KeyCache(SETTINGS, fetch=lambda url: {"keys": list(keys)}))


def is_in(asked: TokenVerifier, header: str) -> bool:
    """Whether a token comes in; any other error fails the test."""
    try:
        claims = asked.claims(header)
    except RejectedTokenError:
        return False
    assert claims["iss"] == ISSUER
    assert AUDIENCE in claims["aud"]
    assert int(claims["exp"]) > time() - SETTINGS.skew_seconds
    json.dumps([claims["iss"], claims["sub"]], ensure_ascii=False).encode()  # as Lambda answers
    return True


@given(HEADS, PAYLOADS)
def test_a_token_of_any_json_is_answered(head: Any, payload: Any) -> None:
    is_in(verifier(KEY), token(head, payload))


@given(st.text())
def test_any_header_is_answered(header: str) -> None:
    assert not is_in(verifier(KEY), header)


@given(KEYS)
def test_a_key_of_any_json_leaves_its_neighbours_as_they_are(keys: list[Any]) -> None:
    assert is_in(verifier(*keys, KEY), token(HEAD, CLAIMS))


@pytest.mark.parametrize("value", [["RS256"], {}, None, 5, True, [["EdDSA"]]])
def test_an_algorithm_or_key_id_of_another_type_is_rejected(value: Any) -> None:
    """Each was a 500 that anybody could cause, or could have been one."""
    asked = verifier(KEY)

    assert is_in(asked, token(HEAD, CLAIMS))
    for name in HEAD:
        assert not is_in(asked, token({**HEAD, name: value}, CLAIMS))


@pytest.mark.parametrize("name", ["alg", "kid", "kty", "crv", "x", "use"])
def test_a_published_member_of_another_type_spoils_one_key_only(name: str) -> None:
    values: list[Any] = [["RS256"], {}, 5]
    for value in values:
        spoilt = {**KEY, "kid": "spoilt", name: value}
        assert is_in(verifier(spoilt, KEY), token(HEAD, CLAIMS))
