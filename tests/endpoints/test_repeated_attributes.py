"""Leaving a user's item alone when an endpoint repeats itself changes no answer, in any order."""

from time import time_ns
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from putevents.endpoints import update
from putevents.endpoints.item import USER_ATTRIBUTES, Item, Member
from putevents.endpoints.repeated_attributes import is_repeated, said
from putevents.endpoints.table import EndpointTable
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import PublicEndpoint
from tests.endpoints.counted_table import CountedTable, items_of
from tests.endpoints.test_stores_agree import MEMBERS, SEQUENCES, limited, run


def person(user_id: str | None, **attributes: str) -> dict[str, Any]:
    said = {name: [value] for name, value in attributes.items()}
    return {"User": {"UserAttributes": said} | ({} if user_id is None else {"UserId": user_id})}


U, U1, U2, V1 = person("u"), person("u", k="1"), person("u", k="2"), person("v", k="1")
GONE = ("delete", ("a", 9))
PHONE = {"ChannelType": "GCM"}
# Few of each, so that most updates repeat something, and many come late.
PERSON = st.sampled_from(
    [
        *[person("u", k="1")] * 4,
        *[person("u", k="2")] * 2,
        person("u", k="1", l="1"),
        person("u"),
        person("v", k="1"),
        person("v", k="2"),
        person("", k="2"),
        person(""),
        person(None, k="1"),
        person(None, k="2"),
    ]
)
ONE = st.builds(lambda id_, said: {id_: said}, st.sampled_from("aaab"), PERSON)
UPDATE = st.tuples(
    st.one_of(*[ONE] * 8, st.fixed_dictionaries({"a": PERSON, "b": st.one_of(PERSON, MEMBERS)})),
    st.integers(1, 8),
)
DELETE = st.tuples(st.just("delete"), st.tuples(st.sampled_from("ab"), st.integers(1, 8)))
# After all updates: one by a clock behind theirs is as of what the user's own item has seen, and
# that is the difference between the two stores.
FORGET = st.just(("forget", ("u", 9)))
STEPS = st.lists(st.one_of(*[UPDATE] * 28, DELETE, DELETE, FORGET), min_size=6, max_size=12)


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@settings(
    max_examples=SEQUENCES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS, st.sampled_from([1, 15]))
@example([({"a": U1}, 1), ({"a": U1}, 8), ({"a": U2}, 4)], 15)
@example([({"a": U1}, 1), ({"a": U1}, 8), ({"b": U2}, 4)], 15)
@example([({"a": U1}, 1), ({"a": U1}, 8), ({"b": U2}, 4), ({"b": person(None, k="3")}, 5)], 15)
@example([({"a": U1}, 1), ({"a": U1}, 7), ({"a": V1}, 8), ({"b": U2}, 4)], 15)
@example([({"a": U1}, 1), ({"a": U1}, 7), ({"a": person("")}, 8), ({"b": U2}, 4)], 15)
@example([({"a": PHONE | U1}, 1), ({"a": U1}, 7), ({"b": PHONE | U}, 8), ({"b": U2}, 4)], 1)
@example([({"a": U1}, 1), ({"a": U1}, 7), ({"b": U}, 8), GONE, ({"b": U2}, 4)], 15)
@example(  # of one moment the sign-out is the last, so what comes after it is late
    [({"a": U1}, 1), ({"a": person("")}, 9), ({"a": U1}, 7), GONE, ({"b": U2}, 4)],
    15,
)
@example([({"b": person(None, k="2")}, 4), ({"a": U1}, 1), ({"a": U1}, 7), ({"b": U}, 8)], 15)
def test_the_answers_are_those_of_a_store_that_writes_everything(
    steps: list[Any], places: int
) -> None:
    tables = [CountedTable(), CountedTable()]
    with limited((places, 250)):
        answers = run(EndpointTable(items_of(tables[0])), "app", steps)
        with patch.object(update, "is_repeated", lambda *_: False):
            assert run(EndpointTable(items_of(tables[1])), "app", steps) == answers
    assert tables[0].calls["update_item"] <= tables[1].calls["update_item"] + len(steps)


@pytest.mark.parametrize("older", [U2, person(None, k="2")])
@pytest.mark.parametrize("ago", [1, 500, 5000])
def test_an_older_value_never_wins_over_one_that_another_endpoint_has_repeated(
    older: dict[str, Any], ago: int
) -> None:
    """However little earlier it came: it is applied by another process, or comes from the queue."""
    table = EndpointTable(items_of(CountedTable()))
    now = time_ns() // 1_000_000

    def update(id_: str, said: dict[str, Any], at: int) -> None:
        asked = {id_: PublicEndpoint.model_validate(said)}
        arrivals = {id_: Arrival(f"{id_}-{at}", at)}
        assert table.update("app", asked, arrivals, TimeLeft())[1] == []

    update("a", U1, now - 10_000)
    update("b", U, now - 9_000)
    update("a", U1, now)  # is noted in its own item only
    update("b", older, now - ago)
    [user] = {str(e["User"]["UserAttributes"]) for e in table.of_user("app", "u")}
    assert user == "{'k': ['1']}"


def test_what_the_endpoint_said_otherwise_meanwhile_is_no_repetition() -> None:
    """That may be on its way to the user's item, which does not show it yet."""
    name = f"{USER_ATTRIBUTES}k"
    member, user = Member(["1"], "9"), Item({name: Member(["1"], "1")}, revision=1)
    same = said("u", {name: Member(["1"], "2")})
    assert is_repeated("u", name, member, Item(same), user)
    for otherwise in (
        said("u", {name: Member(["2"], "3")}),
        said("v", {name: Member(["1"], "3")}),
        same | {name: Member(["2"], "3")},
        {},
    ):
        assert not is_repeated("u", name, member, Item(otherwise), user)
    assert not is_repeated("u", name, member, Item(same), Item())
    assert not is_repeated("u", name, member, Item(same), Item({name: Member(["2"], "3")}))
    assert not is_repeated("u", name, Member(["1"], "0"), Item(same), user)
