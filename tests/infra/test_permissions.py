"""No policy has a wildcard where AWS takes a name, and no setting turns on logs of bodies."""

from collections.abc import Iterator
from copy import copy

import pytest
from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from infra.deploy_settings import DeploySettings
from tests.infra.conftest import Deploy
from tests.infra.permissions import ALLOWED, Permission, permissions
from tests.infra.setting_matrix import variants
from tests.infra.synthesis import Deployment

# Each makes Powertools write events, bodies and all, or more than that, into the logs.
TELLING = ("LOG_EVENT", "POWERTOOLS_DEV", "POWERTOOLS_LOGGER_LOG_EVENT", "POWERTOOLS_DEBUG",
           "POWERTOOLS_LOG_LEVEL", "LOG_LEVEL", "POWERTOOLS_TRACER_CAPTURE_RESPONSE",
           "POWERTOOLS_TRACER_CAPTURE_ERROR")  # fmt: skip


@pytest.fixture(scope="module")
def every(deploy: Deploy) -> list[Deployment]:
    """The stack as in cdk.json, then with every pair of settings."""
    return [deploy(), *(deploy(**variant) for variant in variants())]


def wildcards(deployments: list[Deployment]) -> Iterator[Permission]:
    """All permissions with a wildcard."""
    for deployment in deployments:
        yield from (one for one in permissions(deployment) if one.has_wildcard)


def test_a_wildcard_stands_only_where_aws_has_no_other_way(every: list[Deployment]) -> None:
    assert {p for p in wildcards(every) if not any(a.allows(p) for a in ALLOWED)} == set()


def test_every_allowed_wildcard_is_in_some_stack(every: list[Deployment]) -> None:
    found = set(wildcards(every))

    assert [a.pattern for a in ALLOWED if not any(a.allows(p) for p in found)] == []


@pytest.mark.parametrize(
    ("action", "resource"), [("s3:Get*", "arn:aws:s3:::one/two"), ("sqs:SendMessage", "*")]
)
def test_a_wildcard_would_be_found(default: Deployment, action: str, resource: str) -> None:
    stack = Stack(None, "Careless")
    iam.Policy(
        stack,
        "Policy",
        roles=[iam.Role(stack, "Role", assumed_by=iam.AccountPrincipal(Aws.ACCOUNT_ID))],
        statements=[iam.PolicyStatement(actions=[action], resources=[resource])],
    )
    careless = copy(default)
    careless.template = dict(Template.from_stack(stack).to_json())

    found = {p for p in wildcards([careless]) if not any(a.allows(p) for a in ALLOWED)}

    assert {(p.action, p.resource) for p in found} == {(action, resource)}


def test_no_setting_makes_the_functions_log_what_they_are_sent(every: list[Deployment]) -> None:
    told = {
        (name, value)
        for deployment in every
        for function in deployment.all("Lambda::Function")
        for name, value in function["Environment"]["Variables"].items()
        if name in TELLING
    }

    assert told == {("POWERTOOLS_LOG_LEVEL", "INFO")}
    names = {str(field.alias).lower() for field in DeploySettings.model_fields.values()}
    assert {name.replace("_", "").lower() for name in TELLING} & names == set()


def test_no_setting_makes_api_gateway_log_bodies_or_requests(every: list[Deployment]) -> None:
    told = {
        (one["DataTraceEnabled"], one["LoggingLevel"])
        for deployment in every
        for stage in deployment.all("ApiGateway::Stage")
        for one in stage["MethodSettings"]
    }

    assert told == {(False, "ERROR")}
