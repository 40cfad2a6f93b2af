"""Who called: what API Gateway says of it, and what a message of the queue carries along."""

from typing import Any

import pytest

from putevents.wire.caller import UNKNOWN, Caller
from tests.unit.doors import Doors, FakeDestination, FakeQueue, sqs_record

COGNITO = {"cognitoIdentityId": "eu-west-1:a", "cognitoIdentityPoolId": "eu-west-1:pool"}
CONTEXTS: list[dict[str, Any]] = [
    {"identity": COGNITO},
    {"identity": {**COGNITO, "cognitoIdentityId": "eu-west-1:b"}},
    # A Cognito user pool; a Lambda authorizer.
    {"authorizer": {"claims": {"iss": "https://one", "sub": "a"}}},
    {"authorizer": {"principalId": "b", "iss": "https://one", "sub": "b"}},
    {"authorizer": {"principalId": "a", "iss": "https://two", "sub": "a\ud800"}},
]


def test_each_identity_is_an_owner_of_its_own() -> None:
    owners = [Caller.of_request(context, ties=True).owner for context in CONTEXTS]

    assert len(set(owners)) == len(CONTEXTS)
    assert all(len(owner) == 32 for owner in owners)
    assert owners == [Caller.of_request(context, ties=True).owner for context in CONTEXTS]


def test_who_signs_in_at_one_issuer_is_one_owner_however_api_gateway_says_it() -> None:
    told = {"iss": "https://one", "sub": "a"}
    callers = [
        Caller.of_request({"authorizer": spelled}, ties=True)
        for spelled in ({"claims": told}, told)
    ]

    assert callers[0] == callers[1]


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"identity": None, "authorizer": None},
        {"identity": {"cognitoIdentityId": None, "caller": "AROA:role"}},
        {"authorizer": {"principalId": "x"}},
    ],
)
def test_a_role_without_an_identity_of_its_own_is_nobody_in_particular(
    context: dict[str, Any],
) -> None:
    assert Caller.of_request(context, ties=True) is UNKNOWN


def test_where_nothing_is_tied_nobody_owns_anything() -> None:
    told = [Caller.of_request(context, ties=False) for context in CONTEXTS]

    assert told[0] == Caller("", "eu-west-1:a", "eu-west-1:pool")
    assert told[2] is UNKNOWN


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_message_names_the_caller(context: dict[str, Any]) -> None:
    caller = Caller.of_request(context, ties=True)

    assert Caller.of_text(caller.text) == caller
    assert UNKNOWN.text == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "1",
        "{}",
        "[]",
        '["a"]',
        '["a", "b", 3]',
        '["a", "b", null]',
        '["' + "x" * 161 + '","",""]',
    ],
)
def test_what_a_producer_wrote_there_instead_costs_no_event(text: str) -> None:
    assert Caller.of_text(text) == UNKNOWN
    event = {"EventType": "tap", "Timestamp": "2026-01-02T03:04:05Z"}
    batch = {"phone": {"Endpoint": {}, "Events": {"e": event}}}
    body = {"ApplicationId": "my-app", "EventsRequest": {"BatchItem": batch}}
    destination = FakeDestination()

    stay = Doors(destination, FakeQueue()).stay(sqs_record(body, Caller=text))

    assert stay == []
    assert destination.delivered == [("my-app", "phone", "e")]
