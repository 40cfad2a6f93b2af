"""boto3 and aiobotocore, told of the gateway by `endpoint_url` or the environment."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.clients.payload import ALL_ACCEPTED, BATCH_ITEM, ENDPOINT, EVENT, STORED
from tests.clients.programs import AIOBOTOCORE, ENVIRONMENT, HERE, Program
from tests.local.running_gateway import RunningGateway


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(name="client", params=["legacy", "standard", "adaptive"])
def _client(request: pytest.FixtureRequest, gateway: RunningGateway) -> Iterator[Any]:
    """A boto3 client with each of its ways to retry."""
    config = Config(retries={"mode": request.param})
    client = boto3.client("pinpoint", endpoint_url=gateway.url, config=config)
    with closing(client):
        yield client


def put(client: Any, application_id: str, batch_item: Any) -> Any:
    request = {"BatchItem": batch_item}
    answer = client.put_events(ApplicationId=application_id, EventsRequest=request)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 0
    return answer["EventsResponse"]


def test_boto3_is_told_that_all_is_accepted(client: Any, app: str, gateway: RunningGateway) -> None:
    assert put(client, app, BATCH_ITEM) == ALL_ACCEPTED
    assert sorted(gateway.stored(app)) == STORED


def test_boto3_sends_more_events_than_pinpoint_took_in_a_call(
    client: Any, app: str, gateway: RunningGateway
) -> None:
    events = {str(n): EVENT for n in range(250)}

    answer = put(client, app, {"phone": {"Endpoint": {}, "Events": events}})

    items = answer["Results"]["phone"]["EventsItemResponse"]
    assert {item["StatusCode"] for item in items.values()} == {202}
    assert len(gateway.stored(app)) == len(items) == 250


def test_boto3_writes_reads_and_deletes_an_endpoint(client: Any, app: str) -> None:
    target = {"ApplicationId": app, "EndpointId": "phone"}

    updated = client.update_endpoint(**target, EndpointRequest=ENDPOINT)
    found = client.get_endpoint(**target)["EndpointResponse"]
    of_user = client.get_user_endpoints(ApplicationId=app, UserId="user-1")["EndpointsResponse"]
    messages = client.get_in_app_messages(**target)["InAppMessagesResponse"]
    deleted = client.delete_endpoint(**target)["EndpointResponse"]

    assert updated["MessageBody"]["Message"] == "Accepted"
    assert {**found, **ENDPOINT} == found == deleted
    assert of_user == {"Item": [found]}
    assert messages == {"InAppMessageCampaigns": []}
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_endpoint(**target)


def test_boto3_writes_many_endpoints_in_a_call(client: Any, app: str) -> None:
    batch = {"Item": [{"Id": f"phone-{n}", "OptOut": "NONE"} for n in range(100)]}

    updated = client.update_endpoints_batch(ApplicationId=app, EndpointBatchRequest=batch)

    assert updated["MessageBody"]["Message"] == "Accepted"
    for item in (batch["Item"][0], batch["Item"][-1]):
        found = client.get_endpoint(ApplicationId=app, EndpointId=item["Id"])
        assert found["EndpointResponse"]["OptOut"] == "NONE"


def test_boto3_raises_its_own_exception_for_an_application_that_is_not_served(
    client: Any,
) -> None:
    with pytest.raises(client.exceptions.NotFoundException) as caught:
        put(client, "", BATCH_ITEM)
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_boto3_finds_the_gateway_by_its_environment(
    monkeypatch: pytest.MonkeyPatch, app: str, gateway: RunningGateway
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_PINPOINT", gateway.url)
    with closing(boto3.client("pinpoint")) as client:
        assert put(client, app, BATCH_ITEM) == ALL_ACCEPTED
    assert sorted(gateway.stored(app)) == STORED


def test_aiobotocore_sends_eight_requests_at_once(
    run: Program, app: str, gateway: RunningGateway
) -> None:
    program = HERE / "python/aiobotocore_client.py"

    answer = run.json(AIOBOTOCORE, program, app, stdin=json.dumps(BATCH_ITEM))

    assert (answer["updated"], answer["found"]) == ("Accepted", "NONE")
    assert answer["results"] == [
        {f"{n}-{key}": item for key, item in ALL_ACCEPTED["Results"].items()} for n in range(8)
    ]
    assert len(gateway.stored(app)) == 8 * len(STORED)
