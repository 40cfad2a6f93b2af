"""Answers API Gateway: the policy for a token, or the error that stands for one."""

import logging
from functools import cache
from typing import Any, Literal

from authorizer.bearer_token import RejectedTokenError, TokenVerifier
from authorizer.issuer_settings import IssuerSettings
from authorizer.key_cache import KeyCache

logger = logging.getLogger(__name__)


@cache
def _verifier() -> TokenVerifier:
    settings = IssuerSettings.load()
    return TokenVerifier(settings, KeyCache(settings))


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one event of a TOKEN authorizer.

    API Gateway keeps the policy by token for a while, and asks it about all methods then. An
    IssuerError passes: API Gateway answers 500 for it, after which clients keep their events.
    """
    try:
        claims = _verifier().claims(event["authorizationToken"])
    except RejectedTokenError as error:
        logger.warning("token rejected", extra={"reason": str(error)})
        if not error.is_final:
            # The text by which API Gateway knows a 401, which it does not keep.
            raise Exception("Unauthorized") from None
        return _policy("Deny", event["methodArn"], "nobody", {})
    # Who calls: putevents.wire.caller reads it.
    who = {"iss": claims["iss"], "sub": claims["sub"]}
    return _policy("Allow", event["methodArn"], claims["sub"], who)


def _policy(
    effect: Literal["Allow", "Deny"], method_arn: str, principal: str, context: dict[str, str]
) -> dict[str, Any]:
    api, stage, *_ = method_arn.split("/")
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": f"{api}/{stage}/*"}
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": context,
    }
