"""What the table answers under contention, checked by the SDK's stub against the service model."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import ANY, Stubber
from pydantic.alias_generators import to_pascal

from putevents.destinations.lake.dynamodb import READS, WRITES, DynamoDBItems
from putevents.endpoints.item import Item, Member, members_of
from putevents.endpoints.store import (
    ContendedError,
    OutOfTimeError,
    StoreError,
    TooLargeError,
)
from putevents.wire.schemas import EndpointDemographic, PublicEndpoint
from tests.unit.doors import nearly_over

KEY = {"application_id": {"S": "app"}, "endpoint_id": {"S": "phone"}}
UPDATE = {"OptOut": Member("NONE", "0002-a")}
STORED = {"OptOut": {"M": {"v": {"S": "ALL"}, "t": {"S": "0001-a"}}}}


def item(revision: int, latest: str = "0003-a") -> dict[str, Any]:
    return {
        **KEY,
        **STORED,
        "created": {"N": "7"},
        "latest": {"S": latest},
        "revision": {"N": str(revision)},
    }


@pytest.fixture(name="store")
def _store() -> DynamoDBItems:
    return DynamoDBItems("endpoints")


@pytest.fixture(name="dynamodb")
def _dynamodb(store: DynamoDBItems) -> Iterator[Stubber]:
    with Stubber(store._client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def refuse(dynamodb: Stubber, found: dict[str, Any] | None, **expected: Any) -> None:
    dynamodb.add_client_error(
        "update_item",
        "ConditionalCheckFailedException",
        modeled_fields={"Item": found} if found else None,
        expected_params={**dict.fromkeys(REQUEST, ANY), **expected} if expected else None,
    )


REQUEST = [
    "TableName", "Key", "UpdateExpression", "ConditionExpression", "ExpressionAttributeNames",
    "ExpressionAttributeValues", "ReturnValues", "ReturnValuesOnConditionCheckFailure",
]  # fmt: skip


def test_keys_that_were_not_processed_are_asked_for_again(
    store: DynamoDBItems, dynamodb: Stubber
) -> None:
    other = {"application_id": {"S": "app"}, "endpoint_id": {"S": "other"}}
    keys = {"endpoints": {"Keys": [KEY, other], "ConsistentRead": True}}
    rest = {"endpoints": {"Keys": [other], "ConsistentRead": True}}
    first = {"Responses": {"endpoints": [item(1)]}, "UnprocessedKeys": rest}
    dynamodb.add_response("batch_get_item", first, {"RequestItems": keys})
    second = {"Responses": {"endpoints": [{**item(2), **other}]}}
    dynamodb.add_response("batch_get_item", second, {"RequestItems": rest})
    found = store.read("app", ["phone", "other", "phone"])
    assert {id_: item.revision for id_, item in found.items()} == {"phone": 1, "other": 2}


def test_keys_that_are_never_processed_are_a_failure(
    store: DynamoDBItems, dynamodb: Stubber
) -> None:
    rest = {"endpoints": {"Keys": [KEY]}}
    for _ in range(READS):
        answer = {"Responses": {}, "UnprocessedKeys": rest}
        dynamodb.add_response("batch_get_item", answer)
    with pytest.raises(ContendedError):
        store.read("app", ["phone"])


def test_a_late_update_is_written_over_what_it_has_seen_and_nothing_else(
    store: DynamoDBItems, dynamodb: Stubber
) -> None:
    refuse(dynamodb, item(4))
    refuse(dynamodb, item(5), ConditionExpression="revision = :seen")
    dynamodb.add_response("update_item", {"Attributes": item(5)})
    before, after = store.write("app", "phone", UPDATE, 9)
    assert (before.revision, before.value("OptOut")) == (5, "ALL")
    assert (after.revision, after.value("OptOut"), after.created) == (6, "NONE", 7)


def test_an_item_that_was_deleted_meanwhile_is_created(
    store: DynamoDBItems, dynamodb: Stubber
) -> None:
    refuse(dynamodb, item(4))
    refuse(dynamodb, None)
    expected = {
        **dict.fromkeys(REQUEST, ANY),
        "ConditionExpression": "attribute_not_exists(latest)",
    }
    dynamodb.add_response("update_item", {}, expected)
    assert store.write("app", "phone", UPDATE, 9) == (Item(), Item(UPDATE, 9, "0002-a", 1))


def test_an_item_that_everybody_changes_at_once_is_a_failure(
    store: DynamoDBItems, dynamodb: Stubber
) -> None:
    for revision in range(WRITES):
        refuse(dynamodb, item(revision + 1))
    with pytest.raises(ContendedError):
        store.write("app", "phone", UPDATE, 9)


def test_the_largest_endpoint_fits_into_an_update_expression(
    store: DynamoDBItems, dynamodb: Stubber
) -> None:
    endpoint = PublicEndpoint.model_validate(
        dict.fromkeys(("Address", "EndpointStatus", "OptOut", "RequestId"), "x")
        | {"ChannelType": "GCM", "EffectiveDate": "2026-01-01T00:00:00Z"}
        | {"Attributes": {str(number): ["x"] for number in range(250)}, "User": {"UserId": "u"}}
        | {"Demographic": dict.fromkeys(map(to_pascal, EndpointDemographic.model_fields), "x")}
        | {"Location": {"City": "", "Country": "", "PostalCode": "", "Region": ""}}
    )
    sent: list[dict[str, Any]] = []
    events: Any = store._client.meta.events
    events.register("provide-client-params", lambda params, **_: sent.append(params))
    dynamodb.add_response("update_item", {})
    store.write("app", "phone", members_of(endpoint, "0002-a"), 9)
    assert len(sent[0]["ExpressionAttributeNames"]) > 265
    assert len(sent[0]["UpdateExpression"]) <= 4096


def test_an_item_that_is_not_to_be_created_is_left_alone(
    store: DynamoDBItems, dynamodb: Stubber
) -> None:
    refuse(dynamodb, None)
    assert store.write("app", "phone", UPDATE, 9, create=False) == (Item(), Item())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Item size has exceeded the maximum allowed size", TooLargeError),
        ("Item size to update has exceeded the maximum allowed size", TooLargeError),
        ("The provided key element does not match the schema", StoreError),
        ("The table does not have the specified index: by_user", StoreError),
    ],
)
def test_only_the_size_of_an_item_is_its_senders_fault(
    store: DynamoDBItems, dynamodb: Stubber, text: str, kind: type[StoreError]
) -> None:
    dynamodb.add_client_error("update_item", "ValidationException", text, http_status_code=400)
    with pytest.raises(StoreError) as caught:
        store.write("app", "phone", UPDATE, 7)
    assert type(caught.value) is kind


def test_a_long_answer_of_an_index_is_continued_while_there_is_time(
    store: DynamoDBItems, dynamodb: Stubber
) -> None:
    first = {"Items": [KEY], "LastEvaluatedKey": KEY}
    dynamodb.add_response("query", first)
    dynamodb.add_response("query", {"Items": [KEY]})
    assert store.find_by_user("app", "u") == ["phone", "phone"]
    dynamodb.add_response("query", first)
    with pytest.raises(OutOfTimeError):
        store.find_by_user("app", "u", nearly_over())


def test_what_cannot_be_taken_back_because_others_write_is_a_failure(
    store: DynamoDBItems, dynamodb: Stubber
) -> None:
    stored = {**item(2), "OptOut": {"M": {"v": {"S": "NONE"}, "t": {"S": "0002-a"}}}}
    for _ in range(WRITES):
        dynamodb.add_response("batch_get_item", {"Responses": {"endpoints": [stored]}})
        refuse(dynamodb, stored)
    with pytest.raises(ContendedError):
        store.take_back("app", "phone", UPDATE, Item())
