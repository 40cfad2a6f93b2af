"""What each value of the deploy option `auth` asks of a caller."""

from aws_cdk import Annotations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.settings import DeploySettings

_NONE = apigateway.AuthorizationType.NONE


def authorization(scope: Construct, settings: DeploySettings) -> apigateway.MethodOptions:
    """The authorization of every method but a preflight."""
    match settings.auth:
        case "iam":
            return apigateway.MethodOptions(authorization_type=apigateway.AuthorizationType.IAM)
        case "cognito":
            pools = [_user_pool(scope, settings.user_pool_id or "")]
            authorizer = apigateway.CognitoUserPoolsAuthorizer(
                scope, "Authorizer", cognito_user_pools=pools
            )
            return apigateway.MethodOptions(authorizer=authorizer)
        case "api-key":
            return apigateway.MethodOptions(authorization_type=_NONE, api_key_required=True)
        case "none":
            Annotations.of(scope).add_warning_v2(
                "putevents:open",
                "auth=none takes events for the listed applications from anybody with the URL.",
            )
            return apigateway.MethodOptions(authorization_type=_NONE)


def _user_pool(scope: Construct, name: str) -> cognito.IUserPool:
    by_arn = name.startswith("arn:")
    find = cognito.UserPool.from_user_pool_arn if by_arn else cognito.UserPool.from_user_pool_id
    return find(scope, "UserPool", name)
