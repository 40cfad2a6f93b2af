"""The gateway in a CDK app of your own: deploy settings as arguments, packages built at synth."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_cdk import Environment, IStackSynthesizer, PermissionsBoundary, Stack, Stage, Token
from constructs import Construct

from infra.bundle import AUTHORIZER, bundle
from infra.deploy_settings import DeploySettings, DeploySettingsError
from infra.stack import PutEventsStack
from infra.stack_size import StackSizeError, check_size

# Feature flags of the CDK that change what the stack is; cdk.json has all for this project's app.
# An app of another's may have others: the stack is the same in both.
FLAGS = {
    "@aws-cdk/aws-apigateway:authorizerChangeDeploymentLogicalId": True,
    "@aws-cdk/aws-apigateway:disableCloudWatchRole": True,
    "@aws-cdk/aws-apigateway:logGroupDestinationArnWithoutWildcard": True,
    "@aws-cdk/aws-iam:importedRoleStackSafeDefaultPolicyName": True,
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/aws-lambda:recognizeLayerVersion": True,
    "@aws-cdk/aws-s3:createDefaultLoggingPolicy": True,
    "@aws-cdk/core:enablePartitionLiterals": True,
    "@aws-cdk/core:target-partitions": ["aws", "aws-cn"],
}


def gateway_stack(
    scope: Construct,
    id: str,
    *,
    env: Environment | None = None,
    build: Path = Path(".build"),
    description: str | None = None,
    tags: Mapping[str, str] | None = None,
    synthesizer: IStackSynthesizer | None = None,
    permissions_boundary: PermissionsBoundary | None = None,
    **settings: Any,
) -> PutEventsStack:
    """Add a stack with the gateway to an app or a stage.

    The settings are those of docs/settings.md in snake_case: `application_ids=["shop"]`. A wrong
    one raises DeploySettingsError with a sentence. `build` keeps the Lambda packages; the others
    are what the CDK's own Stack takes.
    """
    given = DeploySettings.from_arguments(settings)
    platform = given.architecture, given.runtime
    build = build.resolve()
    stack = PutEventsStack(
        scope,
        id,
        settings=given,
        package=bundle(*platform, build=build),
        authorizer_package=(
            bundle(*platform, code=AUTHORIZER, build=build) if given.auth == "jwt" else None
        ),
        flags=FLAGS,
        env=env,
        description=description,
        tags=tags,
        synthesizer=synthesizer,
        permissions_boundary=permissions_boundary,
    )
    _check_name(stack)
    try:
        check_size(stack)
    except StackSizeError as error:
        raise StackSizeError(DeploySettings.in_snake_case(str(error))) from None
    return stack


def _check_name(stack: PutEventsStack) -> None:
    """Reject a second gateway of a name in one place: a deploy of one would replace the other."""
    for other in stack.node.root.node.find_all():
        if not isinstance(other, PutEventsStack) or other is stack:
            continue
        if other.stack_name == stack.stack_name and _is_one_place(stack, other):
            raise DeploySettingsError(
                f"The app has two gateways with stack_name '{stack.stack_name}' for one account "
                f"and region, {other.node.path} and {stack.node.path}: a deploy of one would "
                "replace the other. Give each a stack_name of its own."
            )


def _is_one_place(stack: Stack, other: Stack) -> bool:
    """Whether both go to one account and region; of two stages that name none nobody knows."""
    if Stage.of(stack) is Stage.of(other):
        return all(
            one == another or Token.is_unresolved(one) or Token.is_unresolved(another)
            for one, another in ((stack.account, other.account), (stack.region, other.region))
        )
    is_known = not any(Token.is_unresolved(part) for part in (stack.account, stack.region))
    return is_known and (stack.account, stack.region) == (other.account, other.region)
