"""Destination `pinpoint`: the functions' permissions, and the URL of another server."""

from aws_cdk import Annotations, Aws, Stack
from aws_cdk import aws_iam as iam

from infra.acknowledge import acknowledge
from infra.deploy_settings import DeploySettings
from infra.function import PutEventsFunction

# The calls of putevents.destinations.pinpoint; the queue function makes the first two.
CALLS = [
    "PutEvents",
    "GetEndpoint",
    "DeleteEndpoint",
    "GetUserEndpoints",
    "DeleteUserEndpoints",
]
# The same ARN as CloudFormation and as cdk-nag spell it.
_APPS = f"arn:{Aws.PARTITION}:mobiletargeting:{Aws.REGION}:{Aws.ACCOUNT_ID}:apps"
_APPS_IN_NAG = "arn:<AWS::Partition>:mobiletargeting:<AWS::Region>:<AWS::AccountId>:apps"


def connect_pinpoint(
    api_function: PutEventsFunction, queue_function: PutEventsFunction, settings: DeploySettings
) -> None:
    """Allow the functions to call Pinpoint for the listed applications only."""
    parts = [f"{id}/*" for id in settings.application_ids]
    for function, calls in ((api_function, CALLS), (queue_function, CALLS[:2])):
        _allow(function, calls, parts)
        for part in parts:
            acknowledge(
                function.own_role,
                f"IAM5[Resource::{_APPS_IN_NAG}/{part}]",
                "Clients choose the ids of endpoints and users; the application is a listed one.",
            )
    if settings.pinpoint_endpoint_url == "aws":
        Annotations.of(Stack.of(api_function)).add_warning_v2(
            "putevents:pinpoint-ended",
            "pinpointEndpointUrl=aws sends events to Amazon Pinpoint, which AWS ended on "
            "2026-10-30: if it does not answer, they wait for four days and become dead letters.",
        )
    elif settings.pinpoint_endpoint_url:
        for function in (api_function, queue_function):
            function.add_environment("AWS_ENDPOINT_URL_PINPOINT", settings.pinpoint_endpoint_url)


def _allow(function: PutEventsFunction, calls: list[str], parts: list[str]) -> None:
    function.add_to_role_policy(
        iam.PolicyStatement(
            actions=[f"mobiletargeting:{call}" for call in calls],
            resources=[f"{_APPS}/{part}" for part in parts],
        )
    )
