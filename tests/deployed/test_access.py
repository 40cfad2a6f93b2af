"""Deploys with settings of access: who may call, what, and how often."""

import pytest

from tests.access.issuer import AUDIENCE, OTHER_RSA, running_issuer
from tests.deployed.changing_stack import (
    APPLICATION,
    BASE,
    GOOD,
    SECOND,
    ChangingStack,
    post,
)  # fmt: skip
from tests.deployed.deployed_gateway import Answer, Gateway, send
from tests.deployed.user_pool import UserPool

pytestmark = pytest.mark.usefixtures("upstream")
FEW = {"apiKeyRate": 1, "apiKeyBurst": 2}


def test_with_iam_only_a_caller_with_permission_gets_in(changing: ChangingStack) -> None:
    deployment = changing.deploy(auth="iam")

    assert post(deployment).status == 403
    assert post(deployment, {"Authorization": "Bearer x"}).status == 403
    assert Gateway(deployment).put_events(GOOD, APPLICATION).status == 202


def test_without_origins_a_preflight_needs_credentials_as_anything_does(
    changing: ChangingStack,
) -> None:
    deployment = changing.deploy(auth="iam")
    headers = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}

    answer = send(f"{deployment.api}{BASE}/events", method="OPTIONS", headers=headers)

    assert answer.status == 403
    assert answer.headers["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize("reads", [{}, {"endpointReads": "true"}], ids=["writes", "reads too"])
def test_a_client_with_the_stacks_policy_may_write_and_nothing_else(
    changing: ChangingStack, reads: dict[str, object]
) -> None:
    deployment = changing.deploy(auth="iam", **reads)
    policy = deployment.outputs["ClientPolicy"].replace("APPLICATION_ID", APPLICATION)
    client, operator = Gateway(deployment), Gateway(deployment)
    client.attach(policy)

    assert client.call(f"{BASE}/events", GOOD).status == 202
    assert client.call(f"{BASE}/events/legacy", GOOD).status == 202
    assert client.call(f"{BASE}/endpoints/device", b"{}", "PUT").status == 202
    assert client.call(f"{BASE}/endpoints", b'{"Item": []}', "PUT").status == 202
    for method in ("GET", "DELETE"):
        for path in (f"{BASE}/endpoints/device", f"{BASE}/users/jane"):
            assert client.call(path, method=method).status == 403
    assert client.call(f"/v1/apps/{SECOND}/events", GOOD).status == 403
    assert operator.call(f"/v1/apps/{SECOND}/events", GOOD).status == 202
    # The server behind this gateway answers PutEvents only.
    expected = {"endpoints/device": 500, "users/jane": 500} if reads else {
        "endpoints/device": 405, "users/jane": 404,
    }  # fmt: skip
    answers = {path: operator.call(f"{BASE}/{path}", method="GET").status for path in expected}
    assert answers == expected


def test_with_an_api_key_only_its_holder_gets_in(changing: ChangingStack) -> None:
    deployment = changing.deploy(auth="api-key", **FEW)

    assert _forbidden(post(deployment))
    assert _forbidden(post(deployment, {"X-Api-Key": "wrong"}))
    assert post(deployment, {"X-Api-Key": _key(changing)}).status == 202


@pytest.mark.parametrize("option", [FEW, {"apiKeyQuota": "2/day"}])
def test_over_its_limits_a_key_is_told_to_try_later(
    changing: ChangingStack, option: dict[str, object]
) -> None:
    deployment = changing.deploy(auth="api-key", **option)

    answers = [post(deployment, {"x-api-key": _key(changing)}) for _ in range(6)]

    assert 202 in {answer.status for answer in answers}
    refused = [answer for answer in answers if answer.status != 202]
    assert refused
    # A client deletes what it could not send over a 429.
    assert {answer.status for answer in refused} == {500}
    assert refused[0].json.keys() == {"Message", "RequestID"}


def test_with_cognito_only_a_user_of_the_pool_gets_in(changing: ChangingStack) -> None:
    pool, other = (UserPool(changing.emulator.client("cognito-idp")) for _ in range(2))
    deployment = changing.deploy(auth="cognito", userPoolId=pool.id)

    assert _forbidden(post(deployment))
    assert _forbidden(post(deployment, {"Authorization": other.token}))
    assert post(deployment, {"Authorization": pool.token}).status == 202


def test_with_tokens_only_one_of_the_issuer_gets_in(changing: ChangingStack) -> None:
    with running_issuer() as issuer:
        deployment = changing.deploy(
            auth="jwt",
            jwtIssuer=issuer.issuer,
            jwtAudience=AUDIENCE,
            corsOrigins="*",
            destination="lake",
            bindEndpoints="true",
        )

        assert _forbidden(post(deployment))
        assert _forbidden(post(deployment, {"Authorization": "Bearer x"}))
        assert post(deployment, bearer(issuer.token())).status == 202
        assert _forbidden(post(deployment, bearer(issuer.token(aud="another-api"))))
        assert _forbidden(post(deployment, bearer(issuer.token(exp=1))))
        assert _forbidden(post(deployment, bearer(issuer.token(OTHER_RSA))))
        assert _forbidden(post(deployment, bearer(issuer.token(kid="made-up"))))
        # {"alg":["RS256"],"kid":"x"}, signed by nobody.
        assert _forbidden(post(deployment, bearer("eyJhbGciOlsiUlMyNTYiXSwia2lkIjoieCJ9.e30.eA")))
        # An endpoint is its first caller's.
        [answer] = post(deployment, bearer(issuer.token(sub="other"))).json["Results"].values()
        statuses = [answer["EndpointItemResponse"], *answer["EventsItemResponse"].values()]
        assert {told["StatusCode"] for told in statuses} == {403}
        [answer] = post(deployment, bearer(issuer.token(iat=None))).json["Results"].values()
        assert answer["EndpointItemResponse"]["StatusCode"] == 202
        url, asks = f"{deployment.api}{BASE}/events", {"Access-Control-Request-Method": "POST"}
        origin = {"Origin": "https://app.example.com"}
        assert send(url, method="OPTIONS", headers={**origin, **asks}).status == 204


def bearer(token: str) -> dict[str, str]:
    """The header of an app that signed in at an OpenID Connect issuer."""
    return {"Authorization": f"Bearer {token}"}


def test_without_authorization_everybody_gets_in(changing: ChangingStack) -> None:
    assert post(changing.deploy(auth="none", corsOrigins="*")).status == 202


def _forbidden(answer: Answer) -> bool:
    return answer.status == 403 and answer.json.keys() == {"Message", "RequestID"}


def _key(changing: ChangingStack) -> str:
    """The value of the deployed key."""
    [key] = changing.emulator.client("apigateway").get_api_keys(includeValues=True)["items"]
    return str(key["value"])
