"""Deploys with other settings: they take effect, and who may not call is refused."""

import json
from typing import Any

import pytest

from tests.deployed.bodies import numbered
from tests.deployed.conftest import StartEmulator
from tests.deployed.deployed_gateway import Answer, Gateway, send
from tests.deployed.deployment import Deployment
from tests.deployed.emulator import Emulator
from tests.deployed.putevents_server import Upstream

APPLICATION = "changing-app"
GOOD = json.dumps(numbered("device", 1)).encode()


@pytest.fixture(name="changing", scope="module")
def _changing(fresh: StartEmulator) -> Deployment:
    """A deployment that each test here deploys anew."""
    return fresh()


def _deploy(deployment: Deployment, upstream: Upstream, **options: object) -> None:
    deployment.deploy(
        **{
            "applicationIds": APPLICATION,
            "destination": "pinpoint",
            "pinpointEndpointUrl": upstream.url,
            **options,
        }
    )


def test_with_iam_only_a_caller_with_permission_gets_in(
    changing: Deployment, upstream: Upstream
) -> None:
    _deploy(changing, upstream, auth="iam")

    assert _call(changing).status == 403
    assert _call(changing, {"Authorization": "Bearer x"}).status == 403
    assert Gateway(changing).put_events(GOOD, APPLICATION).status == 202


def test_with_an_api_key_only_its_holder_gets_in(changing: Deployment, upstream: Upstream) -> None:
    _deploy(changing, upstream, auth="api-key")
    [key] = changing.emulator.client("apigateway").get_api_keys(includeValues=True)["items"]

    assert _forbidden(_call(changing))
    assert _forbidden(_call(changing, {"X-Api-Key": "wrong"}))
    assert _call(changing, {"X-Api-Key": key["value"]}).status == 202


def test_with_cognito_only_a_user_of_the_pool_gets_in(
    changing: Deployment, upstream: Upstream
) -> None:
    pool_id, token = _signed_in_user(changing.emulator.client("cognito-idp"))
    _other_pool, stranger = _signed_in_user(changing.emulator.client("cognito-idp"))
    _deploy(changing, upstream, auth="cognito", userPoolId=pool_id)

    assert _forbidden(_call(changing))
    assert _forbidden(_call(changing, {"Authorization": stranger}))
    assert _call(changing, {"Authorization": token}).status == 202


def test_without_authorization_everybody_gets_in(changing: Deployment, upstream: Upstream) -> None:
    _deploy(changing, upstream, auth="none")

    assert _call(changing).status == 202


def test_another_allow_list_serves_other_applications(
    changing: Deployment, upstream: Upstream
) -> None:
    _deploy(changing, upstream, auth="none", applicationIds="first,second")
    assert [_call(changing, to=name).status for name in ("first", "second", "third")] == [
        202, 202, 404,
    ]  # fmt: skip

    _deploy(changing, upstream, auth="none", applicationIds="third")

    assert [_call(changing, to=name).status for name in ("first", "second", "third")] == [
        404, 404, 202,
    ]  # fmt: skip


def test_another_throttle_takes_effect(changing: Deployment, upstream: Upstream) -> None:
    _deploy(changing, upstream, auth="none", throttleRate=1, throttleBurst=1)

    answers = [_call(changing) for _ in range(5)]

    throttled = [answer for answer in answers if answer.status != 202]
    assert throttled
    # Most clients keep what they could not send over a 500, and delete it over a 429.
    assert throttled[0].status == 500
    assert throttled[0].json.keys() == {"Message", "RequestID"}


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        pytest.param({"apiLogRole": "existing"}, set(), id="nothing"),
        # All APIs of an account log with the one role.
        pytest.param({}, {"iam"}, id="the role of API Gateway"),
        pytest.param({"removalPolicy": "retain"}, {"iam", "sqs", "logs"}, id="queues and logs"),
    ],
)
def test_destroy_leaves_nothing_but_what_the_settings_say_to_keep(
    fresh: StartEmulator, upstream: Upstream, options: dict[str, str], kept: set[str]
) -> None:
    deployment = fresh()
    before = _inventory(deployment.emulator)
    _deploy(deployment, upstream, alarmEmail="somebody@example.com", **options)
    deployed = _inventory(deployment.emulator)
    assert [service for service in deployed if deployed[service] == before[service]] == ["s3"]

    deployment.destroy()

    after = _inventory(deployment.emulator)
    assert {service for service in after if after[service] != before[service]} == kept


def _call(
    deployment: Deployment, headers: dict[str, str] | None = None, to: str = APPLICATION
) -> Answer:
    """An unsigned request."""
    sent = {"Content-Type": "application/json", **(headers or {})}
    return send(f"{deployment.api}/v1/apps/{to}/events", GOOD, headers=sent)


def _forbidden(answer: Answer) -> bool:
    return answer.status == 403 and answer.json.keys() == {"Message", "RequestID"}


def _signed_in_user(cognito: Any) -> tuple[str, str]:
    """A new pool and the token of a user of it."""
    pool_id = cognito.create_user_pool(PoolName="apps")["UserPool"]["Id"]
    client_id = cognito.create_user_pool_client(
        UserPoolId=pool_id, ClientName="app", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    name, password = "somebody", "Correct-horse-1"
    cognito.admin_create_user(UserPoolId=pool_id, Username=name)
    cognito.admin_set_user_password(
        UserPoolId=pool_id, Username=name, Password=password, Permanent=True
    )
    signed_in = cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": password},
    )
    return pool_id, signed_in["AuthenticationResult"]["IdToken"]


def _inventory(emulator: Emulator) -> dict[str, list[str]]:
    """What there is, by the services that the stack uses."""
    asked = {
        "lambda": ("list_functions", "Functions", "FunctionName"),
        "sqs": ("list_queues", "QueueUrls", None),
        "apigateway": ("get_rest_apis", "items", "name"),
        "logs": ("describe_log_groups", "logGroups", "logGroupName"),
        "iam": ("list_roles", "Roles", "RoleName"),
        "sns": ("list_topics", "Topics", "TopicArn"),
        "cloudwatch": ("describe_alarms", "MetricAlarms", "AlarmName"),
        "s3": ("list_buckets", "Buckets", "Name"),
    }
    return {
        service: sorted(
            item if name is None else item[name]
            for item in getattr(emulator.client(service), operation)().get(key, [])
        )
        for service, (operation, key, name) in asked.items()
    }
