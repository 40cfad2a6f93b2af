"""Leaving a user's item alone when an endpoint repeats itself changes no answer, in any order."""

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from putevents.destinations.lake.dynamodb import DynamoDBItems
from putevents.endpoints import update
from putevents.endpoints.table import EndpointTable
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import PublicEndpoint
from tests.endpoints.application import START, Endpoints, user
from tests.endpoints.counted_table import CountedTable, items_of
from tests.endpoints.test_stores_agree import IDS, MEMBERS, SEQUENCES, USERS, limited, run



def person(user_id: str | None, **attributes: str) -> dict[str, Any]:
    said = {name: [value] for name, value in attributes.items()}
    return {"User": {"UserAttributes": said} | ({} if user_id is None else {"UserId": user_id})}


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
SAID = st.one_of(PERSON, PERSON, PERSON, MEMBERS)
UPDATE = st.tuples(
    st.one_of(
        st.builds(lambda id_, said: {id_: said}, st.sampled_from("aab"), SAID),
        st.fixed_dictionaries({"a": SAID, "b": SAID}),
    ),
    st.integers(1, 8),
)
DELETE = st.sampled_from([("delete", "a"), ("delete", "b"), ("forget", "u")])
STEPS = st.lists(st.one_of(*[UPDATE] * 9, DELETE), min_size=3, max_size=12)


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@settings(
    max_examples=SEQUENCES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS, st.sampled_from([1, 15]))
def test_the_answers_are_those_of_a_store_that_writes_everything(
    steps: list[Any], places: int
) -> None:
    tables = [CountedTable(), CountedTable()]
    with limited((places, 250)):
        answers = run(EndpointTable(items_of(tables[0])), "app", steps)
        with patch.object(update, "is_repeated", lambda *_: False):
            assert run(EndpointTable(items_of(tables[1])), "app", steps) == answers
    assert tables[0].calls["update_item"] <= tables[1].calls["update_item"] + len(steps)
