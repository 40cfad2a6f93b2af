"""What README.md says of the format is what the runner does: each text, each matcher."""

from typing import Any

import pytest

from commands.conformance.conformance_cases import answer_of, filled, request_of
from commands.conformance.conformance_match import Answer, differences

NAMES = {"run": "abc", "application": "my-app"}
REJECTED = {"StatusCode": 400, "Message": "Missing EventType (EventType)"}
ACCEPTED = {"StatusCode": 202, "Message": "Accepted"}


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("/v1/apps/${application}/x-${run}", "/v1/apps/my-app/x-abc"),
        ("${x*3}-${é*2}${ab*2}", "xxx-ééabab"),
        ({"k${1..3}": "v"}, {"k1": "v", "k2": "v", "k3": "v"}),
        ({"${1..2}": {"Id": "e${#}-${run}"}}, {"1": {"Id": "e1-abc"}, "2": {"Id": "e2-abc"}}),
        ([{"${1..2}": "v${#}"}, "w"], ["v1", "v2", "w"]),
        ("${other} $ {x} ${", "${other} $ {x} ${"),
        ([1, None, True, 1.5], [1, None, True, 1.5]),
    ],
)
def test_texts_are_filled_in(written: Any, sent: Any) -> None:
    assert filled(written, NAMES) == sent


def test_what_a_case_leaves_out_is_put_events_of_one_endpoint() -> None:
    assert filled(request_of({"events": {"1": {}}}), NAMES) == {
        "method": "POST",
        "path": "/v1/apps/my-app/events",
        "json": {"BatchItem": {"phone-abc": {"Endpoint": {}, "Events": {"1": {}}}}},
    }
    answer = {"EndpointItemResponse": "$accepted", "EventsItemResponse": {"1": "$rejected"}}
    assert filled(answer_of({"events": {"1": "$rejected"}}), NAMES) == {
        "status": 202,
        "json": {"Results": {"phone-abc": answer}},
    }


@pytest.mark.parametrize(
    ("expected", "good", "bad"),
    [
        ("$any", [None, 5, {}], []),
        ("$text", ["x"], ["", None, 5]),
        ("$starts Missing", ["Missing", "Missing it"], ["missing", "It is Missing", None]),
        ("$not Accepted", ["accepted", ""], ["Accepted", None]),
        ("$one a b", ["a", "b"], ["a b", "c"]),
        ("$lists A, b", ["b,a", "c, B ,a"], ["a", "ab"]),
        ("$accepted", [ACCEPTED], [REJECTED, {"StatusCode": 202}, ACCEPTED | {"x": 1}, None]),
        ("$rejected", [REJECTED], [ACCEPTED, REJECTED | {"Message": "Accepted"}]),
        ("$rejected Missing EventType", [REJECTED], [REJECTED | {"Message": "EventType"}]),
        ("$rejected-exactly Missing", [REJECTED | {"Message": "Missing"}], [REJECTED]),
        ({"a": 1}, [{"a": 1}], [{}, {"a": 2}, {"a": 1, "b": 2}, {"a": True}, {"a": "1"}, []]),
        ({"a": 1, "...": "$any"}, [{"a": 1}, {"a": 1, "b": 2}], [{"b": 2}]),
        ({"a": "$absent"}, [{}], [{"a": 1}]),
        ([1, 2], [[1, 2]], [[2, 1], [1], [1, 2, 3], {}]),
        ("text", ["text"], ["Text", None]),
        (1, [1], [True, 1.0, "1"]),
        (None, [None], [0, "", {}]),
    ],
)
def test_a_matcher_takes_what_it_says_and_nothing_else(
    expected: Any, good: list[Any], bad: list[Any]
) -> None:
    for value in good:
        assert list(differences({"json": expected}, Answer(200, {}, value))) == []
    for value in bad:
        assert list(differences({"json": expected}, Answer(200, {}, value)))


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ({"status": 202}, "status should be 202, is 400"),
        ({"status": [200, 204]}, "status should be 200 or 204, is 400"),
        ({"headers": {"X-Kind": "b"}}, "header X-Kind should be b, is a"),
        ({"headers": {"x-none": "$text"}}, "header x-none should be $text, is $absent"),
        ({"headers": {"x-kind": "$absent"}}, "header x-kind should be $absent, is a"),
        ({"json": {"a": {"b": 2}}}, "body.a.b should be 2, is 1"),
        ({"json": {"a": {"b": 1, "c": 1}}}, "body.a lacks c"),
        ({"json": {"a": {}}}, "body.a has b too many"),
    ],
)
def test_a_difference_is_a_sentence(expected: dict[str, Any], text: str) -> None:
    answer = Answer(400, {"x-kind": "a"}, {"a": {"b": 1}})
    assert list(differences(expected, answer)) == [text]
