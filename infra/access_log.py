"""What API Gateway writes of each request, in its own names for the values."""

# No personal data: no IP address, no identity, and no path, which would hold an endpoint id.
ACCESS_LOG = {
    "requestId": "$context.requestId",
    "traceId": "$context.xrayTraceId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "gatewayResponse": "$context.error.responseType",
    "latency": "$context.responseLatency",
    "integrationStatus": "$context.integration.integrationStatus",
    "integrationLatency": "$context.integration.latency",
    "responseLength": "$context.responseLength",
}
