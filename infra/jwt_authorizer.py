"""The function that verifies the tokens of `auth=jwt`, and how API Gateway asks it."""

import json
from pathlib import Path

from aws_cdk import Annotations, Duration
from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from infra.deploy_settings import DeploySettings
from infra.function import PutEventsFunction

# Longer than the issuer is given to answer twice: authorizer.bounded_fetch.
TIMEOUT = Duration.seconds(15)
# By token; also one that expires or is revoked meanwhile comes in for so long.
CACHE = Duration.minutes(5)
# What cannot be a token is answered 401 without an invocation. A scheme is in any capitals.
SHAPE = r"^([Bb][Ee][Aa][Rr][Ee][Rr] )?[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"
_LOOPBACK = "http://127.0.0.1"


def add_jwt_authorizer(
    scope: Construct, settings: DeploySettings, package: Path
) -> apigateway.IAuthorizer:
    """Add the function and return the authorizer that asks it."""
    if _LOOPBACK in f"{settings.jwt_issuer} {settings.jwt_jwks_url}":
        Annotations.of(scope).add_warning_v2(
            "putevents:issuer-on-loopback",
            "jwtIssuer or jwtJwksUrl is on this machine, as in tests: in AWS nobody answers there, "
            "and every request is answered 500.",
        )
    function = PutEventsFunction(
        scope,
        "AuthorizerFunction",
        handler="authorizer.jwt_handler.lambda_handler",
        timeout=TIMEOUT,
        package=package,
        environment={
            "JWT_ISSUER": settings.jwt_issuer or "",
            "JWT_AUDIENCE": json.dumps(settings.jwt_audience),
            "JWT_JWKS_URL": settings.jwt_jwks_url or "",
            "JWT_SKEW_SECONDS": str(settings.jwt_skew_seconds),
        },
        settings=settings,
    )
    return apigateway.TokenAuthorizer(
        scope,
        "Authorizer",
        handler=function.called,
        results_cache_ttl=CACHE,
        validation_regex=SHAPE,
    )
