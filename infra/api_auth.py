"""The authorization of the API for each value of the deploy setting `auth`."""

from pathlib import Path

from aws_cdk import Annotations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.deploy_settings import DeploySettings
from infra.jwt_authorizer import add_jwt_authorizer
from infra.open_door import warning_of

_NONE = apigateway.AuthorizationType.NONE


def authorization(
    scope: Construct, settings: DeploySettings, authorizer_package: Path | None
) -> apigateway.MethodOptions:
    """Return the authorization of all methods except preflights."""
    match settings.auth:
        case "iam":
            return apigateway.MethodOptions(authorization_type=apigateway.AuthorizationType.IAM)
        case "cognito":
            pools = [_user_pool(scope, settings.user_pool_id or "")]
            authorizer = apigateway.CognitoUserPoolsAuthorizer(
                scope, "Authorizer", cognito_user_pools=pools
            )
            return apigateway.MethodOptions(authorizer=authorizer)
        case "jwt":
            if authorizer_package is None:
                raise ValueError("auth=jwt needs the authorizer's package.")
            tokens = add_jwt_authorizer(scope, settings, authorizer_package)
            return apigateway.MethodOptions(authorizer=tokens)
        case "api-key":
            return apigateway.MethodOptions(authorization_type=_NONE, api_key_required=True)
        case "none":
            Annotations.of(scope).add_warning_v2("putevents:open", warning_of(settings))
            return apigateway.MethodOptions(authorization_type=_NONE)


def _user_pool(scope: Construct, name: str) -> cognito.IUserPool:
    by_arn = name.startswith("arn:")
    find = cognito.UserPool.from_user_pool_arn if by_arn else cognito.UserPool.from_user_pool_id
    return find(scope, "UserPool", name)
