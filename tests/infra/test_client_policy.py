"""The output `ClientPolicy`: what a client's role needs, and nothing else."""

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from infra.client_policy import PLACEHOLDER
from infra.routes import READ_ROUTES, WRITE_ROUTES
from tests.infra.conftest import Deploy
from tests.infra.synthesis import AUTHS, Deployment, text

IDS = {"{application-id}": "my-app", "{endpoint-id}": "phone", "{user-id}": "jane"}


def resources(deployment: Deployment) -> list[str]:
    """The routes that the policy allows, as METHOD/path."""
    policy: Any = json.loads(text(deployment.outputs["ClientPolicy"]))
    assert policy["Version"] == "2012-10-17"
    [statement] = policy["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "execute-api:Invoke")
    api = deployment.outputs["ApiUrl"]["Fn::Join"][1][1]["Ref"]
    arns = [arn.split(f":<{api}>/<", 1) for arn in statement["Resource"]]
    assert {prefix for prefix, _ in arns} == {
        "arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>"
    }
    return [rest.partition(">/")[2] for _, rest in arns]


def allows(patterns: list[str], method: str, path: str) -> bool:
    for name, id_ in IDS.items():
        path = path.replace(name, id_)
    return any(fnmatchcase(f"{method}{path}", pattern) for pattern in patterns)


def test_a_client_may_write_for_its_application(deploy: Deploy) -> None:
    patterns = resources(deploy(endpointReads="true"))

    assert [route for route in WRITE_ROUTES if not allows(patterns, *route)] == []
    assert [route for route in READ_ROUTES if allows(patterns, *route)] == []
    assert not allows(patterns, "POST", "/v1/apps/other-app/events")
    assert not allows(patterns, "GET", "/")


def test_with_several_applications_the_policy_allows_nothing_until_one_is_named(
    deploy: Deploy,
) -> None:
    patterns = resources(deploy(applicationIds="my-app,other-app"))

    assert not any(allows(patterns, *route) for route in WRITE_ROUTES)
    named = [pattern.replace(PLACEHOLDER, "my-app") for pattern in patterns]
    assert all(allows(named, *route) for route in WRITE_ROUTES)


@pytest.mark.parametrize("auth", [auth for auth in AUTHS if auth != "iam"])
def test_where_iam_is_not_asked_there_is_no_policy(deploy: Deploy, auth: str) -> None:
    assert "ClientPolicy" not in deploy(auth=auth, **AUTHS[auth]).outputs
