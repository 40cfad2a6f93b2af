"""When the issuer is asked for its keys, and what happens while it does not answer as it should."""

from collections.abc import Iterator
from typing import Any

import pytest

from authorizer.bounded_fetch import MAX_BYTES, IssuerError, fetch_object
from authorizer.key_cache import (
    FRESH_SECONDS,
    KEPT_SECONDS,
    PAUSE_SECONDS,
    KeyCache,
    UnknownKeyError,
)
from tests.access.issuer import OTHER_RSA, RSA, Issuer, public, running_issuer
from tests.dripping import Part, dripping
from tests.loopback import Response

START = 1_700_000_000.0


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="issuer")
def _issuer() -> Iterator[Issuer]:
    with running_issuer() as issuer:
        yield issuer


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="cache")
def _cache(issuer: Issuer, clock: Clock) -> KeyCache:
    return KeyCache(issuer.settings(), clock=clock)


def test_keys_are_fetched_once_for_many_tokens(cache: KeyCache, issuer: Issuer) -> None:
    for _ in range(100):
        assert cache.find("first").key_id == "first"

    assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]


def test_a_given_url_of_the_keys_is_asked_alone(issuer: Issuer) -> None:
    cache = KeyCache(issuer.settings(jwks_url=f"{issuer.url}/own?tenant=1"))

    assert cache.find("first")
    assert issuer.asked == ["/own?tenant=1"]


def test_a_new_key_is_fetched_when_the_first_token_names_it(
    cache: KeyCache, issuer: Issuer, clock: Clock
) -> None:
    cache.find("first")
    issuer.keys.append(public("second", OTHER_RSA))
    clock.now += PAUSE_SECONDS

    assert cache.find("second").key_id == "second"


def test_made_up_key_ids_do_not_flood_the_issuer(
    cache: KeyCache, issuer: Issuer, clock: Clock
) -> None:
    cache.find("first")
    for number in range(1000):
        clock.now += 0.02  # of 20 s in all
        with pytest.raises(UnknownKeyError):
            cache.find(f"made-up-{number}")

    assert issuer.asked.count("/keys") <= 1 + 20 / PAUSE_SECONDS
    assert cache.find("first")


def test_a_key_that_the_issuer_takes_away_soon_opens_nothing(
    cache: KeyCache, issuer: Issuer, clock: Clock
) -> None:
    cache.find("first")
    issuer.keys = [public("second", OTHER_RSA)]
    clock.now += FRESH_SECONDS + 1

    with pytest.raises(UnknownKeyError):
        cache.find("first")


def test_known_keys_outlive_an_outage_of_the_issuer_for_a_day(
    cache: KeyCache, issuer: Issuer, clock: Clock
) -> None:
    cache.find("first")
    issuer.instead = Response(503)
    clock.now += FRESH_SECONDS + 1

    assert cache.find("first")
    # Nobody can tell whether an unknown one is good: that is not the client's fault.
    with pytest.raises(IssuerError, match="503"):
        cache.find("second")
    clock.now = START + KEPT_SECONDS + 1
    with pytest.raises(IssuerError, match="503"):
        cache.find("first")

    issuer.instead = None
    clock.now += PAUSE_SECONDS
    assert cache.find("first")


@pytest.mark.parametrize(
    "instead",
    [
        Response(500),
        Response(302, headers={"Location": "http://127.0.0.1/"}),
        Response(200, b"not json"),
        Response(200, b"[]"),
        Response(200, b"[" * 100_000),
        Response(200, b"{}"),
        Response(200, b'{"keys": {}, "issuer": 1}'),
        Response(200, b'{"keys": "' + b"x" * MAX_BYTES + b'"}'),
    ],
    ids=["500", "redirect", "no JSON", "no object", "deep", "empty", "no list", "huge"],
)
@pytest.mark.parametrize("jwks_url", ["", "/keys"])
def test_an_issuer_that_answers_otherwise_lets_nobody_in(
    issuer: Issuer, instead: Response, jwks_url: str
) -> None:
    issuer.instead = instead
    cache = KeyCache(issuer.settings(jwks_url=jwks_url and issuer.url + jwks_url))

    for _ in range(3):
        with pytest.raises(IssuerError):
            cache.find("first")
    assert len(issuer.asked) == 1


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://login.example.com/"},
        {"jwks_uri": None},
        {"jwks_uri": "http://login.example.com/keys"},
        {"jwks_uri": "file:///etc/passwd"},
    ],
)
def test_a_discovery_document_of_somebody_else_lets_nobody_in(
    issuer: Issuer, discovery: dict[str, Any]
) -> None:
    issuer.discovery = discovery

    with pytest.raises(IssuerError):
        KeyCache(issuer.settings()).find("first")


def test_keys_without_an_id_are_left_out(issuer: Issuer) -> None:
    nameless = {name: part for name, part in public("", RSA).items() if name != "kid"}
    issuer.keys = [nameless, {}, public("first", RSA)]

    assert KeyCache(issuer.settings()).find("first")


@pytest.mark.parametrize("part", ["headers", "body"])
def test_an_issuer_that_drips_is_cut_off(part: Part) -> None:
    with dripping(part) as server, pytest.raises(IssuerError):
        fetch_object(server.url, seconds=0.5)


def test_a_port_that_nobody_listens_on_is_an_error() -> None:
    with running_issuer() as issuer:
        url = issuer.url
    with pytest.raises(IssuerError):
        fetch_object(url)
