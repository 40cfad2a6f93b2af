"""The errors that API Gateway returns itself, in the format of Pinpoint's errors."""

from collections.abc import Sequence

from aws_cdk import aws_apigateway as apigateway

_FORBIDDEN = ("403", "$context.error.messageString")
# Real clients delete their events after a 429 or a 503, and most keep them after a 500. So every
# error that the client did not cause is a 500, including throttling.
_OURS = ("500", '"Internal server error."')

RESPONSES = {
    "ACCESS_DENIED": _FORBIDDEN,
    "EXPIRED_TOKEN": _FORBIDDEN,
    "INVALID_API_KEY": _FORBIDDEN,
    "INVALID_SIGNATURE": _FORBIDDEN,
    "MISSING_AUTHENTICATION_TOKEN": _FORBIDDEN,
    "UNAUTHORIZED": _FORBIDDEN,
    "WAF_FILTERED": _FORBIDDEN,
    "RESOURCE_NOT_FOUND": ("404", '"Path not found."'),
    "REQUEST_TOO_LARGE": ("413", '"Request size should be at most 4 MB."'),
    # API Gateway validates no request here, so the rest are malformed credentials.
    "DEFAULT_4XX": _FORBIDDEN,
    "QUOTA_EXCEEDED": _OURS,
    "THROTTLED": _OURS,
    # The authorizer failed; the caller did nothing wrong.
    "AUTHORIZER_CONFIGURATION_ERROR": _OURS,
    "AUTHORIZER_FAILURE": _OURS,
    "INTEGRATION_FAILURE": _OURS,
    "INTEGRATION_TIMEOUT": _OURS,
    "DEFAULT_5XX": _OURS,
}
EXPOSED = "x-amzn-RequestId,x-amzn-ErrorType,Date"


def add_gateway_responses(api: apigateway.RestApi, origins: Sequence[str]) -> None:
    """Give API Gateway's own errors Pinpoint's body, and CORS headers.

    Not `x-amzn-ErrorType`: API Gateway adds its own, and one of ours would come before it.
    """
    for name, (status, message) in RESPONSES.items():
        api.add_gateway_response(
            name,
            type=apigateway.ResponseType.of(name),
            status_code=status,
            response_headers=_cors(origins),
            templates={
                "application/json": f'{{"Message":{message},"RequestID":"$context.requestId"}}'
            },
        )


def _cors(origins: Sequence[str]) -> dict[str, str]:
    if not origins:
        return {}
    # A gateway response cannot choose one of several origins. `*` is safe: it allows no
    # credentials, and the text is the same for every caller.
    origin = origins[0] if len(origins) == 1 and "*" not in origins[0] else "*"
    return {
        "Access-Control-Allow-Origin": f"'{origin}'",
        "Access-Control-Expose-Headers": f"'{EXPOSED}'",
    }
