"""Events that pass another API Gateway on their way, with the access that it asks for."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.deployed.changing_stack import BASE, GOOD, JSON, ChangingStack, post
from tests.deployed.deployed_gateway import send
from tests.deployed.deployment import Deployment
from tests.deployed.emulator import ACCOUNT, REGION, Emulator
from tests.deployed.putevents_server import Upstream


class OtherApi:
    """An API Gateway in the emulator before the upstream: it checks, then passes on."""

    def __init__(self, emulator: Emulator, upstream: Upstream, auth: dict[str, Any]) -> None:
        self._client = emulator.client("apigateway")
        api = self._client.create_rest_api(name="other")
        self.id, stage = api["id"], "live"
        resource = self._client.create_resource(
            restApiId=self.id, parentId=api["rootResourceId"], pathPart="{proxy+}"
        )["id"]
        method = {"restApiId": self.id, "resourceId": resource, "httpMethod": "ANY"}
        self._client.put_method(
            **method, requestParameters={"method.request.path.proxy": True}, **auth
        )
        self._client.put_integration(
            **method,
            type="HTTP_PROXY",
            integrationHttpMethod="ANY",
            uri=f"{upstream.url}/{{proxy}}",
            requestParameters={"integration.request.path.proxy": "method.request.path.proxy"},
        )
        self._client.create_deployment(restApiId=self.id, stageName=stage)
        self.url = f"{emulator.url}/_aws/execute-api/{self.id}/{stage}"
        self.arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{self.id}"

    def key(self) -> str:
        """Make an API key for the stage."""
        key = self._client.create_api_key(name="other", enabled=True)
        stages = [{"apiId": self.id, "stage": "live"}]
        plan = self._client.create_usage_plan(name="other", apiStages=stages)["id"]
        self._client.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
        value: str = key["value"]
        return value


def test_an_event_passes_another_api_that_asks_for_iam(
    changing: ChangingStack, upstream: Upstream
) -> None:
    other = OtherApi(changing.emulator, upstream, {"authorizationType": "AWS_IAM"})
    assert send(f"{other.url}{BASE}/events", GOOD, headers=JSON).status == 403
    deployment = changing.deploy(
        auth="none",
        pinpointEndpointUrl=other.url,
        pinpointAuth="iam",
        pinpointApiArn=other.arn,
    )

    assert _delivered(deployment, upstream)


def test_an_event_waits_if_the_functions_may_not_call_the_other_api(
    changing: ChangingStack, upstream: Upstream
) -> None:
    other = OtherApi(changing.emulator, upstream, {"authorizationType": "AWS_IAM"})
    deployment = changing.deploy(
        auth="none",
        pinpointEndpointUrl=other.url,
        pinpointAuth="iam",
        pinpointApiArn=f"{other.arn}/another-stage",
    )

    assert not _delivered(deployment, upstream)


def test_an_event_passes_another_api_that_asks_for_a_key(
    changing: ChangingStack, upstream: Upstream
) -> None:
    auth = {"authorizationType": "NONE", "apiKeyRequired": True}
    other = OtherApi(changing.emulator, upstream, auth)
    secrets = changing.emulator.client("secretsmanager")
    secrets.create_secret(Name="other/key", SecretString=other.key())
    assert send(f"{other.url}{BASE}/events", GOOD, headers=JSON).status == 403
    deployment = changing.deploy(
        auth="none",
        pinpointEndpointUrl=other.url,
        pinpointAuth="api-key",
        pinpointApiKeySecret="other/key",
    )

    assert _delivered(deployment, upstream)


@pytest.fixture(autouse=True)
def _empty_queue(changing: ChangingStack) -> Iterator[None]:
    yield
    sqs = changing.emulator.client("sqs")
    for url in sqs.list_queues()["QueueUrls"]:
        sqs.purge_queue(QueueUrl=url)


def _delivered(deployment: Deployment, upstream: Upstream) -> bool:
    """Send an event, which is accepted in any case; whether it was delivered at once."""
    answer = post(deployment)
    assert answer.status == 202
    assert {code for code, _ in answer.items.values()} == {202}
    return bool(upstream.accepted)
