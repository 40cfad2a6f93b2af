"""The security schemes of the document, one for each value of `auth` that asks for something."""

from typing import Any, get_args

from infra.deploy_settings import DeploySettings

# By the value of the deploy setting `auth` that asks for it; `make run` asks for none.
_SCHEMES: dict[str, dict[str, Any]] = {
    "iam": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "A signature (SigV4) for the service `execute-api`, with `auth` `iam`.",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
    "cognito": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "The ID token of a Cognito user pool, with `auth` `cognito`.",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
    },
    "api-key": {
        "type": "apiKey",
        "in": "header",
        "name": "x-api-key",
        "description": "A key of API Gateway, with `auth` `api-key`.",
    },
    "jwt": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token of your own issuer, with `auth` `jwt`.",
    },
}
_AUTH = get_args(DeploySettings.model_fields["auth"].annotation)
SECURITY_SCHEMES = {auth: _SCHEMES[auth] for auth in _AUTH if auth != "none"}
