"""The output `ClientPolicy`: the least IAM policy with which an app can call the API."""

import re

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_apigateway as apigateway

from infra.deploy_settings import DeploySettings
from infra.routes import WRITE_ROUTES

# Stands in the policy where there are several applications: each has a role and a policy of its
# own. Unless it is replaced, the policy allows nothing.
PLACEHOLDER = "APPLICATION_ID"
_PARAMETER = re.compile(r"{[^}]*}")


def add_client_policy(api: apigateway.RestApi, settings: DeploySettings) -> None:
    """Add the output; with other values of `auth` than iam, IAM is not asked."""
    if settings.auth != "iam":
        return
    ids = settings.application_ids
    application_id = ids[0] if len(ids) == 1 else PLACEHOLDER
    stack = Stack.of(api)
    CfnOutput(
        stack,
        "ClientPolicy",
        value=stack.to_json_string(_policy(api, application_id)),
        description=f"The least IAM policy for a client of the application {application_id}",
    )


def _policy(api: apigateway.RestApi, application_id: str) -> dict[str, object]:
    prefix = f"{api.arn_for_execute_api('_', '/', api.deployment_stage.stage_name)}"
    base = prefix.removesuffix("/_/")
    resources = [
        f"{base}/{method}{_PARAMETER.sub('*', path.replace('{application-id}', application_id))}"
        for method, path in WRITE_ROUTES
    ]
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resources}
    return {"Version": "2012-10-17", "Statement": [statement]}
