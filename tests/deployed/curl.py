"""A curl line that a person can copy, for whatever authorization the deployment has."""

from typing import Any

from tests.deployed.deployment import Deployment
from tests.deployed.emulator import REGION, ROOT_KEY, SECRET

BODY = "tests/events/requests/aws-documentation.json"


def curl(deployment: Deployment) -> str:
    """One command that sends an event to the deployment."""
    lines = [
        f"curl {deployment.api}/v1/apps/{application_id(deployment)}/events",
        *_authorization(deployment),
        "-H 'content-type: application/json'",
        # The sample is of 2019, which no named query shows.
        f'-d "$(sed "s/2019-02-10/$(date -u +%F)/" {BODY})"',
    ]
    return " \\\n    ".join(lines)


def application_id(deployment: Deployment) -> str:
    """The first application that the deployment serves."""
    functions = deployment.emulator.client("lambda").list_functions()["Functions"]
    variables = [function.get("Environment", {}).get("Variables", {}) for function in functions]
    # The authorizer knows none.
    ids: str = next(found["APPLICATION_IDS"] for found in variables if "APPLICATION_IDS" in found)
    return ids.split(",")[0]


def _authorization(deployment: Deployment) -> list[str]:
    gateway = deployment.emulator.client("apigateway")
    method = _post_events(gateway, deployment.api.split("/")[-2])
    if method.get("apiKeyRequired"):
        [key] = gateway.get_api_keys(includeValues=True)["items"]
        return [f"-H 'x-api-key: {key['value']}'"]
    if method["authorizationType"] == "AWS_IAM":
        user = f"{ROOT_KEY}:{SECRET}"
        return [f"--aws-sigv4 aws:amz:{REGION}:execute-api --user {user}"]
    if method["authorizationType"] == "COGNITO_USER_POOLS":
        return ['-H "authorization: $TOKEN"']
    return []


def _post_events(gateway: Any, api_id: str) -> Any:
    resources = gateway.get_resources(restApiId=api_id, embed=["methods"], limit=500)["items"]
    [events] = [resource for resource in resources if resource["path"].endswith("}/events")]
    return events["resourceMethods"]["POST"]
