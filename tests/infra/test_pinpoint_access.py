"""Destination `pinpoint` in the template: how another server is called, and with what rights."""

from typing import Any

import pytest

from tests.infra.conftest import Deploy
from tests.infra.nag import findings
from tests.infra.synthesis import Deployment
from tests.infra.test_deploy_settings import load, refusal

OWN = "https://abc123.execute-api.eu-central-1.amazonaws.com/prod"
CUSTOM = "https://events.example.com/analytics"
ARN = "arn:aws:execute-api:us-west-2:123456789012:def456"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pinpoint/key-AbCdEf"
HERE = "arn:<AWS::Partition>:execute-api:eu-central-1:<AWS::AccountId>:abc123"
WRITES = {"POST/v1/apps/*/events", "GET/v1/apps/*/endpoints/*"}
READS = {
    "DELETE/v1/apps/*/endpoints/*",
    "GET/v1/apps/*/users/*",
    "DELETE/v1/apps/*/users/*",
}  # fmt: skip
DOORS = ("api", "queue")


def chained(deploy: Deploy, **options: str) -> Deployment:
    return deploy(destination="pinpoint", **options)


def variables(deployment: Deployment, door: str) -> dict[str, Any]:
    found = deployment.function(door)["Environment"]["Variables"]
    return {name: value for name, value in found.items() if "PINPOINT" in name}


@pytest.mark.parametrize("door", DOORS)
def test_another_server_is_called_without_rights_unless_told_otherwise(
    deploy: Deploy, door: str
) -> None:
    deployment = chained(deploy, pinpointEndpointUrl=CUSTOM)

    assert variables(deployment, door) == {
        "AWS_ENDPOINT_URL_PINPOINT": CUSTOM,
        "PINPOINT_AUTH": "none",
    }
    for service in ("mobiletargeting", "execute-api", "secretsmanager"):
        assert deployment.allowed(door, service) == set()


@pytest.mark.parametrize("door", DOORS)
def test_amazons_own_is_signed_for_as_before(deploy: Deploy, door: str) -> None:
    deployment = chained(deploy, pinpointEndpointUrl="aws")

    assert variables(deployment, door) == {"PINPOINT_AUTH": "aws"}
    assert len(deployment.allowed(door, "mobiletargeting")) == 2


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("reads", [False, True])
@pytest.mark.parametrize(
    ("options", "region", "api"),
    [
        ({"pinpointEndpointUrl": OWN}, "eu-central-1", f"{HERE}/prod"),
        ({"pinpointEndpointUrl": CUSTOM, "pinpointApiArn": ARN}, "us-west-2", f"{ARN}/*"),
        (
            {"pinpointEndpointUrl": CUSTOM, "pinpointApiArn": f"{ARN}/v2"},
            "us-west-2",
            f"{ARN}/v2",
        ),
        (
            {
                "pinpointEndpointUrl": "https://def456.execute-api.us-west-2.amazonaws.com/dev",
                "pinpointApiArn": ARN,
            },
            "us-west-2",
            f"{ARN}/dev",
        ),
    ],
)
def test_with_iam_the_functions_may_make_their_calls_to_that_api(
    deploy: Deploy, door: str, reads: bool, options: dict[str, str], region: str, api: str
) -> None:
    deployment = chained(deploy, pinpointAuth="iam", endpointReads=str(reads).lower(), **options)
    routes = WRITES | (READS if reads and door == "api" else set())

    assert variables(deployment, door)["PINPOINT_AUTH"] == "iam"
    assert variables(deployment, door)["PINPOINT_REGION"] == region
    assert deployment.allowed(door, "execute-api") == {
        ("execute-api:Invoke", f"{api}/{route}") for route in routes
    }
    assert deployment.allowed(door, "mobiletargeting") == set()


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("secret", "resource"),
    [
        (SECRET, SECRET),
        (
            "pinpoint/key",
            "arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:pinpoint/key"
            "-??????",
        ),
    ],
)
def test_with_an_api_key_the_functions_may_read_that_secret(
    deploy: Deploy, door: str, secret: str, resource: str
) -> None:
    deployment = chained(
        deploy, pinpointEndpointUrl=CUSTOM, pinpointAuth="api-key", pinpointApiKeySecret=secret
    )

    assert variables(deployment, door)["PINPOINT_AUTH"] == "api-key"
    assert variables(deployment, door)["PINPOINT_API_KEY_SECRET"] == secret
    assert deployment.allowed(door, "secretsmanager") == {
        ("secretsmanager:GetSecretValue", resource)
    }


@pytest.mark.parametrize(
    "options",
    [
        {"pinpointEndpointUrl": OWN, "pinpointAuth": "iam"},
        {"pinpointEndpointUrl": CUSTOM, "pinpointAuth": "iam", "pinpointApiArn": ARN},
        {"pinpointEndpointUrl": OWN, "pinpointAuth": "api-key", "pinpointApiKeySecret": "key"},
    ],
)
def test_nag_finds_nothing(deploy: Deploy, options: dict[str, str]) -> None:
    deployment = chained(deploy, endpointReads="true", **options)

    assert findings(deployment.stack) == []
    assert [warning for warning in deployment.warnings() if "pinpoint" in warning.lower()] == []


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"pinpointAuth": "iam"}, "pinpointAuth"),
        ({"pinpointAuth": "iam", "pinpointEndpointUrl": "aws"}, "pinpointAuth"),
        ({"pinpointAuth": "api-key", "pinpointApiKeySecret": "key"}, "pinpointAuth"),
        # Neither a signature nor a key goes over a network in the clear.
        ({"pinpointAuth": "iam", "pinpointEndpointUrl": "http://example.com"}, "pinpointAuth"),
        (
            {"pinpointAuth": "iam", "pinpointEndpointUrl": "http://localhost.example.com"},
            "pinpointAuth",
        ),
        ({"pinpointAuth": "iam", "pinpointEndpointUrl": CUSTOM}, "pinpointApiArn"),
        (
            {"pinpointAuth": "iam", "pinpointEndpointUrl": OWN, "pinpointApiArn": ARN},
            "pinpointApiArn",
        ),
        ({"pinpointEndpointUrl": OWN, "pinpointApiArn": ARN}, "pinpointApiArn"),
        ({"pinpointEndpointUrl": OWN, "pinpointAuth": "api-key"}, "pinpointApiKeySecret"),
        ({"pinpointEndpointUrl": OWN, "pinpointApiKeySecret": "key"}, "pinpointApiKeySecret"),
        (
            {
                "destination": "pinpoint",
                "applicationIds": "x" * 2490,
                "pinpointEndpointUrl": OWN,
                "pinpointAuth": "api-key",
                "pinpointApiKeySecret": "k" * 11,
            },
            "pinpointApiKeySecret",
        ),
    ],
)
def test_what_belongs_together_is_asked_for_together(options: dict[str, str], name: str) -> None:
    assert refusal(**options).startswith(f"The deploy setting {name} is ")


def test_on_this_machine_no_tls_is_needed() -> None:
    url = "http://localhost:4566/_aws/execute-api/abc/prod"

    assert load(pinpointAuth="iam", pinpointEndpointUrl=url, pinpointApiArn=ARN).pinpoint_auth
