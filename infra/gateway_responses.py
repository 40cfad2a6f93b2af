"""What API Gateway answers by itself, in the shape of Pinpoint's errors."""

from collections.abc import Sequence

from aws_cdk import aws_apigateway as apigateway

Type = apigateway.ResponseType

_FORBIDDEN = ("403", "ForbiddenException")
# Real clients delete their queue over a 429 or 503, while most of them keep it over a 500: what is
# no fault of the client, being throttled included, is a 500.
_OURS = ("500", "InternalServerErrorException")

RESPONSES = {
    Type.ACCESS_DENIED: _FORBIDDEN,
    Type.EXPIRED_TOKEN: _FORBIDDEN,
    Type.INVALID_API_KEY: _FORBIDDEN,
    Type.INVALID_SIGNATURE: _FORBIDDEN,
    Type.MISSING_AUTHENTICATION_TOKEN: _FORBIDDEN,
    Type.UNAUTHORIZED: _FORBIDDEN,
    Type.WAF_FILTERED: _FORBIDDEN,
    Type.RESOURCE_NOT_FOUND: ("404", "NotFoundException"),
    Type.REQUEST_TOO_LARGE: ("413", "PayloadTooLargeException"),
    Type.DEFAULT_4_XX: ("400", "BadRequestException"),
    Type.QUOTA_EXCEEDED: _OURS,
    Type.THROTTLED: _OURS,
    # An authorizer that does not work refuses those it should let in.
    Type.AUTHORIZER_CONFIGURATION_ERROR: _OURS,
    Type.AUTHORIZER_FAILURE: _OURS,
    Type.INTEGRATION_FAILURE: _OURS,
    Type.INTEGRATION_TIMEOUT: _OURS,
    Type.DEFAULT_5_XX: _OURS,
}
