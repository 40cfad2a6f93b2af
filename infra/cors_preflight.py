"""Preflights of browsers (CORS), answered by API Gateway itself: no function runs for them."""

from collections.abc import Sequence

from aws_cdk import aws_apigateway as apigateway

from infra.deploy_settings import DeploySettings

# As putevents.cross_origin says; a test holds the two together.
ALLOWED_HEADERS = (
    "authorization", "content-type", "x-amz-date", "x-amz-security-token", "x-api-key",
    "x-amz-user-agent", "x-amz-content-sha256", "amz-sdk-invocation-id", "amz-sdk-request",
    "x-amzn-clientsdkversion",
    "traceparent", "tracestate", "baggage", "x-amzn-trace-id", "sentry-trace",
    "x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-origin",
    "x-datadog-sampling-priority", "x-datadog-tags", "newrelic",
    "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags",
    "elastic-apm-traceparent",
)  # fmt: skip
ALLOWED_METHODS = ("DELETE", "GET", "OPTIONS", "POST", "PUT")
PREFLIGHT_SECONDS = 7200
_LABEL = "[a-z0-9_-]+"  # what a `*` stands for
_STATUS = "204"
_HEADER = "method.response.header."
_TEXT = apigateway.ContentHandling.CONVERT_TO_TEXT


def add_preflight(resource: apigateway.IResource, settings: DeploySettings) -> None:
    """Add an OPTIONS method that allows the pages of `corsOrigins`."""
    headers = {f"{_HEADER}{name}": f"'{value}'" for name, value in _headers(settings).items()}
    template = "" if "*" in settings.cors_origins else _template(settings.cors_origins)
    resource.add_method(
        "OPTIONS",
        apigateway.MockIntegration(
            # The API takes every body as bytes (`*/*`). A mock integration fails over that with a
            # 500 unless it is told to make text of it.
            content_handling=_TEXT,
            passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
            request_templates={"application/json": f'{{"statusCode":{_STATUS}}}'},
            integration_responses=[
                apigateway.IntegrationResponse(
                    status_code=_STATUS,
                    content_handling=_TEXT,
                    response_parameters=headers,
                    response_templates={"application/json": template},
                )
            ],
        ),
        authorization_type=apigateway.AuthorizationType.NONE,
        api_key_required=False,
        method_responses=[
            apigateway.MethodResponse(
                status_code=_STATUS, response_parameters=dict.fromkeys(headers, True)
            )
        ],
    )


def _headers(settings: DeploySettings) -> dict[str, str]:
    """Return the headers that are the same for every page."""
    is_any = "*" in settings.cors_origins
    return {
        "Access-Control-Allow-Headers": ",".join([*ALLOWED_HEADERS, *settings.cors_headers]),
        "Access-Control-Allow-Methods": ",".join(ALLOWED_METHODS),
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        **({"Access-Control-Allow-Origin": "*"} if is_any else {"Vary": "Origin"}),
    }


def origin_pattern(origins: Sequence[str]) -> str:
    """Return a regular expression (of Java and Python) for the origins; a `*` is one label."""
    return "|".join(
        _LABEL.join(part.replace(".", "[.]").replace("+", "[+]") for part in origin.split("*"))
        for origin in origins
    )


def _template(origins: Sequence[str]) -> str:
    """Return the mapping template (VTL) that answers with the page's origin if it is allowed.

    A browser that speaks HTTP/2 writes the header in lower case.
    """
    return (
        '#set($origin = $input.params("Origin"))\n'
        '#if($origin == "")#set($origin = $input.params("origin"))#end\n'
        f'#if($origin.matches("{origin_pattern(origins)}"))'
        "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)#end\n"
    )
