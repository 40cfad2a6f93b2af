"""What a partial update changes of an endpoint."""

from typing import Any

import pytest

from putevents.endpoints.item import Item, members_of
from putevents.wire.schemas import PublicEndpoint
from tests.endpoints.application import Endpoints


@pytest.mark.parametrize(
    ("stored", "update", "merged"),
    [
        pytest.param(
            {"Attributes": {"a": ["1"], "b": ["2"]}},
            {"Attributes": {"b": ["3", "4"], "c": ["5"]}},
            {"Attributes": {"a": ["1"], "b": ["3", "4"], "c": ["5"]}},
            id="keys merge, a key's list is replaced",
        ),
        pytest.param(
            {"Attributes": {"a": ["1"]}},
            {"Attributes": {"a": []}},
            {"Attributes": {"a": []}},
            id="an empty list clears",
        ),
        pytest.param(
            {"Attributes": {"a": ["1"]}, "Metrics": {"m": 1.0}},
            {"Attributes": {}, "Metrics": {"n": 2.0}},
            {"Attributes": {"a": ["1"]}, "Metrics": {"m": 1.0, "n": 2.0}},
            id="an empty object keeps",
        ),
        pytest.param(
            {"User": {"UserId": "u", "UserAttributes": {"a": ["1"]}}},
            {"User": {"UserAttributes": {"b": ["2"]}}},
            {"User": {"UserId": "u", "UserAttributes": {"a": ["1"], "b": ["2"]}}},
            id="users merge",
        ),
        pytest.param(
            {"Demographic": {"Make": "apple", "Locale": "en"}},
            {"Demographic": {"Locale": "fr"}},
            {"Demographic": {"Make": "apple", "Locale": "fr"}},
            id="demographic members merge",
        ),
        pytest.param(
            {"Location": {"City": "Bern", "Country": "CH"}},
            {"Location": {"City": ""}},
            {"Location": {"City": "", "Country": "CH"}},
            id="an empty text is stored as sent",
        ),
        pytest.param(
            {},
            {"Location": {"Latitude": 47.6158, "Longitude": -122.3493}},
            {"Location": {"Latitude": 47.6, "Longitude": -122.3}},
            id="degrees have one decimal",
        ),
        pytest.param(
            {"OptOut": "NONE"},
            {"RequestId": "r"},
            {"OptOut": "NONE", "RequestId": "r"},
            id="an opt-in stays",
        ),
        pytest.param(
            {"EndpointStatus": "INACTIVE"},
            {"RequestId": "r"},
            {"EndpointStatus": "ACTIVE", "RequestId": "r"},
            id="an update wakes",
        ),
        pytest.param(
            {"EndpointStatus": "ACTIVE"},
            {"EndpointStatus": "INACTIVE"},
            {"EndpointStatus": "INACTIVE"},
            id="an update may say otherwise",
        ),
    ],
)
def test_an_endpoint_is_updated_in_part(
    phones: Endpoints, stored: Any, update: Any, merged: Any
) -> None:
    phones.update("a")
    new = phones.get("a")
    phones.update("a", **stored)
    phones.update("a", **update)

    found = phones.get("a")
    always = {"EffectiveDate": found["EffectiveDate"], "RequestId": "request"}
    assert found == {**new, "EndpointStatus": "ACTIVE", **always, **merged}


def test_an_item_is_left_as_it_was_by_an_update() -> None:
    endpoint = PublicEndpoint(OptOut="NONE")
    item = Item().after(members_of(endpoint, "1"), 1)
    before = repr(item)
    item.after(members_of(PublicEndpoint(OptOut="ALL"), "2"), 1)

    assert repr(item) == before


def test_an_empty_update_of_a_new_endpoint_is_the_new_endpoint(phones: Endpoints) -> None:
    phones.update("a")
    created = phones.get("a")
    phones.update("a")

    assert phones.get("a") == created
