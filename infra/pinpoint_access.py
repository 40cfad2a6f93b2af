"""Destination `pinpoint`: the server's URL, and what the functions may call there."""

from aws_cdk import Annotations, Aws, Stack
from aws_cdk import aws_iam as iam

from infra.acknowledge import acknowledge
from infra.deploy_settings import DeploySettings
from infra.function import PutEventsFunction
from infra.settings.forwarding_settings import EXECUTE_API_URL

# The calls of putevents.destinations.pinpoint that bring events, from both functions.
WRITE_CALLS = ["PutEvents", "GetEndpoint"]
# Those that the deploy setting `endpointReads` adds, from the API function.
READ_CALLS = ["DeleteEndpoint", "GetUserEndpoints", "DeleteUserEndpoints"]
# How API Gateway spells the same calls.
_WRITE_ROUTES = ["POST/v1/apps/*/events", "GET/v1/apps/*/endpoints/*"]
_READ_ROUTES = [
    "DELETE/v1/apps/*/endpoints/*",
    "GET/v1/apps/*/users/*",
    "DELETE/v1/apps/*/users/*",
]
# The same ARN as CloudFormation and as cdk-nag spell it.
_APPS = f"arn:{Aws.PARTITION}:mobiletargeting:{Aws.REGION}:{Aws.ACCOUNT_ID}:apps"
_HERE = ((Aws.PARTITION, "<AWS::Partition>"), (Aws.REGION, "<AWS::Region>"),
         (Aws.ACCOUNT_ID, "<AWS::AccountId>"))  # fmt: skip


def connect_pinpoint(
    api_function: PutEventsFunction, queue_function: PutEventsFunction, settings: DeploySettings
) -> None:
    """Allow the functions to call the server as `pinpointAuth` says, and tell them how."""
    url = settings.pinpoint_endpoint_url
    is_amazons = url == "aws"
    for function in (api_function, queue_function):
        reads = settings.endpoint_reads and function is api_function
        if is_amazons:
            _allow_amazons(function, settings, reads=reads)
        elif settings.pinpoint_auth == "iam":
            _allow_api(function, settings, reads=reads)
        elif settings.pinpoint_api_key_secret:
            _allow_secret(function, settings.pinpoint_api_key_secret)
        if url and not is_amazons:
            function.add_environment("AWS_ENDPOINT_URL_PINPOINT", url)
        function.add_environment("PINPOINT_AUTH", "aws" if is_amazons else settings.pinpoint_auth)
    if is_amazons:
        Annotations.of(Stack.of(api_function)).add_warning_v2(
            "putevents:pinpoint-ended",
            "pinpointEndpointUrl=aws sends events to Amazon Pinpoint, which AWS ended on "
            "2026-10-30: if it does not answer, they wait for four days and become dead letters.",
        )


def _allow_amazons(function: PutEventsFunction, settings: DeploySettings, *, reads: bool) -> None:
    calls = [f"mobiletargeting:{call}" for call in [*WRITE_CALLS, *(READ_CALLS if reads else [])]]
    resources = [f"{_APPS}/{id}/*" for id in settings.application_ids]
    reason = "Clients choose the ids of endpoints and users; the application is a listed one."
    _allow(function, calls, resources, reason)


def _allow_api(function: PutEventsFunction, settings: DeploySettings, *, reads: bool) -> None:
    api = _api(settings)
    routes = [*_WRITE_ROUTES, *(_READ_ROUTES if reads else [])]
    reason = (
        "Clients choose the ids of endpoints and users, and an ARN for each of 75 "
        "applications would exceed the size limit of a policy; the other API "
        "decides which it serves."
    )
    _allow(function, ["execute-api:Invoke"], [f"{api}/{route}" for route in routes], reason)
    function.add_environment("PINPOINT_REGION", api.split(":")[3])


def _api(settings: DeploySettings) -> str:
    """Return the ARN, with its stage, of the API behind `pinpointEndpointUrl`."""
    arn, stage = settings.pinpoint_api_arn or "", "*"
    if found := EXECUTE_API_URL.match(settings.pinpoint_endpoint_url or ""):
        here = f"arn:{Aws.PARTITION}:execute-api:{found['region']}:{Aws.ACCOUNT_ID}:{found['id']}"
        arn, stage = arn or here, found["stage"]
    return arn if "/" in arn else f"{arn}/{stage}"


def _allow_secret(function: PutEventsFunction, secret: str) -> None:
    function.add_environment("PINPOINT_API_KEY_SECRET", secret)
    if not secret.startswith("arn:"):
        # Secrets Manager ends an ARN with six characters of its own.
        here = f"arn:{Aws.PARTITION}:secretsmanager:{Aws.REGION}:{Aws.ACCOUNT_ID}"
        secret = f"{here}:secret:{secret}-??????"
    function.add_to_role_policy(
        iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[secret])
    )


def _allow(
    function: PutEventsFunction, actions: list[str], resources: list[str], reason: str
) -> None:
    function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=resources))
    for resource in resources:
        for token, name in _HERE:
            resource = resource.replace(token, name)
        acknowledge(function.own_role, f"IAM5[Resource::{resource}]", reason)
