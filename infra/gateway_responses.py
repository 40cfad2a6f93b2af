"""What API Gateway answers by itself, in the shape of Pinpoint's own errors."""

from collections.abc import Sequence

from aws_cdk import aws_apigateway as apigateway

_FORBIDDEN = ("403", "ForbiddenException", "$context.error.messageString")
# Real clients delete what they hold over a 429 or a 503, and most of them keep it over a 500: so
# whatever is no fault of the client, being throttled included, is a 500.
_OURS = ("500", "InternalServerErrorException", '"Internal server error."')

RESPONSES = {
    "ACCESS_DENIED": _FORBIDDEN,
    "EXPIRED_TOKEN": _FORBIDDEN,
    "INVALID_API_KEY": _FORBIDDEN,
    "INVALID_SIGNATURE": _FORBIDDEN,
    "MISSING_AUTHENTICATION_TOKEN": _FORBIDDEN,
    "UNAUTHORIZED": _FORBIDDEN,
    "WAF_FILTERED": _FORBIDDEN,
    "RESOURCE_NOT_FOUND": ("404", "NotFoundException", '"Path not found."'),
    "REQUEST_TOO_LARGE": (
        "413", "PayloadTooLargeException", '"Request size should be at most 4 MB."'
    ),
    # Nothing is validated before the function, so what is left is credentials that are none.
    "DEFAULT_4XX": _FORBIDDEN,
    "QUOTA_EXCEEDED": _OURS,
    "THROTTLED": _OURS,
    # These two say that an authorizer is out of order, not that a caller was found wanting.
    "AUTHORIZER_CONFIGURATION_ERROR": _OURS,
    "AUTHORIZER_FAILURE": _OURS,
    "INTEGRATION_FAILURE": _OURS,
    "INTEGRATION_TIMEOUT": _OURS,
    "DEFAULT_5XX": _OURS,
}  # fmt: skip
EXPOSED = "x-amzn-RequestId,x-amzn-ErrorType,Date"


def add_gateway_responses(api: apigateway.RestApi, origins: Sequence[str]) -> None:
    """Give every answer that API Gateway makes itself Pinpoint's body and headers, and CORS."""
    for name, (status, error_type, message) in RESPONSES.items():
        api.add_gateway_response(
            name,
            type=apigateway.ResponseType.of(name),
            status_code=status,
            response_headers={"x-amzn-ErrorType": f"'{error_type}'", **_cors(origins)},
            templates={
                "application/json": f'{{"Message":{message},"RequestID":"$context.requestId"}}'
            },
        )


def _cors(origins: Sequence[str]) -> dict[str, str]:
    if not origins:
        return {}
    # A gateway response cannot choose among origins, and these say nothing worth hiding: no
    # credentials are allowed with them, and their text is the same for everybody.
    origin = origins[0] if len(origins) == 1 else "*"
    return {
        "Access-Control-Allow-Origin": f"'{origin}'",
        "Access-Control-Expose-Headers": f"'{EXPOSED}'",
    }
