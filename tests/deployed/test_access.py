"""Deploys with settings of access: a client's least policy, quotas, a domain, another API."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.deployed.bodies import numbered
from tests.deployed.conftest import StartEmulator
from tests.deployed.deployed_gateway import Answer, Gateway, send
from tests.deployed.deployment import Deployment
from tests.deployed.emulator import ACCOUNT, REGION
from tests.deployed.putevents_server import Upstream

APPLICATION = "guarded-app"
BASE = f"/v1/apps/{APPLICATION}"
GOOD = json.dumps(numbered("device", 1)).encode()
JSON = {"Content-Type": "application/json"}


@pytest.fixture(name="changing", scope="module")
def _changing(fresh: StartEmulator) -> Deployment:
    """A deployment that each test here deploys anew."""
    return fresh()


def _deploy(deployment: Deployment, upstream: Upstream, **options: object) -> None:
    deployment.deploy(
        **{"applicationIds": APPLICATION, "pinpointEndpointUrl": upstream.url, **options}
    )


@pytest.mark.parametrize("reads", [False, True])
def test_a_client_with_the_stacks_policy_may_write_and_nothing_else(
    changing: Deployment, upstream: Upstream, reads: bool
) -> None:
    options = {"applicationIds": f"{APPLICATION},other", "endpointReads": str(reads).lower()}
    _deploy(changing, upstream, **options)
    policy = changing.outputs["ClientPolicy"].replace("APPLICATION_ID", APPLICATION)
    client, operator = Gateway(changing), Gateway(changing)
    client.attach(policy)

    assert client.call(f"{BASE}/events", GOOD).status == 202
    assert client.call(f"{BASE}/events/legacy", GOOD).status == 202
    assert client.call(f"{BASE}/endpoints/device", b"{}", "PUT").status == 202
    assert client.call(f"{BASE}/endpoints", b'{"Item": []}', "PUT").status == 202
    for method in ("GET", "DELETE"):
        for path in (f"{BASE}/endpoints/device", f"{BASE}/users/jane"):
            assert client.call(path, method=method).status == 403
    assert client.call("/v1/apps/other/events", GOOD).status == 403
    assert operator.call("/v1/apps/other/events", GOOD).status == 202
    # The server behind this gateway answers PutEvents only.
    expected = {"endpoints/device": 500, "users/jane": 500} if reads else {
        "endpoints/device": 405, "users/jane": 404,
    }  # fmt: skip
    answers = {path: operator.call(f"{BASE}/{path}", method="GET").status for path in expected}
    assert answers == expected


def test_without_origins_a_preflight_needs_credentials_as_anything_does(
    changing: Deployment, upstream: Upstream
) -> None:
    _deploy(changing, upstream, auth="iam")
    headers = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}

    answer = send(f"{changing.api}{BASE}/events", method="OPTIONS", headers=headers)

    assert answer.status == 403
    assert answer.headers["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize("option", [{"apiKeyQuota": "2/day"}, {"apiKeyRate": 1, "apiKeyBurst": 2}])
def test_over_its_limits_a_key_is_told_to_try_later(
    changing: Deployment, upstream: Upstream, option: dict[str, object]
) -> None:
    _deploy(changing, upstream, auth="api-key", **option)
    apigateway = changing.emulator.client("apigateway")
    key = apigateway.get_api_key(apiKey=changing.outputs["ApiKeyId"], includeValue=True)["value"]

    answers = [_post(changing.api, {"x-api-key": key}) for _ in range(6)]

    assert answers[0].status == 202
    refused = [answer for answer in answers if answer.status != 202]
    assert refused
    # A client deletes what it could not send over a 429.
    assert {answer.status for answer in refused} == {500}
    assert refused[0].json.keys() == {"Message", "RequestID"}


def test_a_domain_leads_to_the_api(changing: Deployment, upstream: Upstream) -> None:
    arn = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0a1b2c3d"
    zones = changing.emulator.client("route53")
    zone = zones.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    _deploy(
        changing,
        upstream,
        auth="none",
        domainName="events.example.com",
        certificateArn=arn,
        basePath="analytics",
        hostedZoneId=zone.removeprefix("/hostedzone/"),
    )

    assert changing.outputs["ApiUrl"] == "https://events.example.com/analytics"
    assert _post_to_domain(changing, "/analytics").status == 202
    assert _post_to_domain(changing, "/other").status != 202
    records = zones.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert [r["Type"] for r in records if r["Name"] == "events.example.com."] == ["A"]


class OtherApi:
    """An API Gateway in the emulator before the upstream: it checks, then passes on."""

    def __init__(self, deployment: Deployment, upstream: Upstream, auth: dict[str, Any]) -> None:
        self._client = deployment.emulator.client("apigateway")
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
        self.url = f"{deployment.emulator.url}/_aws/execute-api/{self.id}/{stage}"
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
    changing: Deployment, upstream: Upstream
) -> None:
    other = OtherApi(changing, upstream, {"authorizationType": "AWS_IAM"})
    assert send(f"{other.url}{BASE}/events", GOOD, headers=JSON).status == 403
    _deploy(
        changing,
        upstream,
        auth="none",
        pinpointEndpointUrl=other.url,
        pinpointAuth="iam",
        pinpointApiArn=other.arn,
    )

    assert _delivered(changing, upstream)


def test_an_event_waits_if_the_functions_may_not_call_the_other_api(
    changing: Deployment, upstream: Upstream
) -> None:
    other = OtherApi(changing, upstream, {"authorizationType": "AWS_IAM"})
    _deploy(
        changing,
        upstream,
        auth="none",
        pinpointEndpointUrl=other.url,
        pinpointAuth="iam",
        pinpointApiArn=f"{other.arn}/another-stage",
    )

    assert not _delivered(changing, upstream)


def test_an_event_passes_another_api_that_asks_for_a_key(
    changing: Deployment, upstream: Upstream
) -> None:
    auth = {"authorizationType": "NONE", "apiKeyRequired": True}
    other = OtherApi(changing, upstream, auth)
    secrets = changing.emulator.client("secretsmanager")
    secrets.create_secret(Name="other/key", SecretString=other.key())
    assert send(f"{other.url}{BASE}/events", GOOD, headers=JSON).status == 403
    _deploy(
        changing,
        upstream,
        auth="none",
        pinpointEndpointUrl=other.url,
        pinpointAuth="api-key",
        pinpointApiKeySecret="other/key",
    )

    assert _delivered(changing, upstream)


@pytest.fixture(autouse=True)
def _empty_queue(changing: Deployment) -> Iterator[None]:
    yield
    changing.emulator.client("sqs").purge_queue(QueueUrl=changing.outputs["QueueUrl"])


def _delivered(deployment: Deployment, upstream: Upstream) -> bool:
    """Send an event, which is accepted in any case; whether it was delivered at once."""
    answer = _post(deployment.api)
    assert answer.status == 202
    assert {code for code, _ in answer.items.values()} == {202}
    return bool(upstream.accepted)


def _post(api: str, headers: dict[str, str] | None = None) -> Answer:
    return send(f"{api}{BASE}/events", GOOD, headers={**JSON, **(headers or {})})


def _post_to_domain(deployment: Deployment, base_path: str) -> Answer:
    """A request to the domain, which the emulator knows by the Host header."""
    port = urlsplit(deployment.emulator.url).port
    url = f"{deployment.emulator.url}{base_path}{BASE}/events"
    return send(url, GOOD, headers={**JSON, "Host": f"events.example.com:{port}"})
