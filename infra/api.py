"""The REST API in front of the API function: its routes, who may call them, and its logs."""

import json
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from aws_cdk import Aws
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.access_log import ACCESS_LOG
from infra.acknowledge import NIST, PCI, SERVERLESS, acknowledge
from infra.api_auth import authorization
from infra.api_key import add_api_key
from infra.cors_preflight import add_preflight
from infra.custom_domain import custom_url
from infra.deploy_settings import DeploySettings
from infra.gateway_responses import add_gateway_responses
from infra.log import Log
from infra.routes import Route, routes
from infra.trace_sampling import sample_traces

STAGE = "prod"
_LOG_POLICY = "AmazonAPIGatewayPushToCloudWatchLogs"


class PutEventsApi(apigateway.RestApi):
    """A regional REST API with Pinpoint's paths, all served by one function."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        function: lambda_.IFunction,
        settings: DeploySettings,
        authorizer_package: Path | None,
    ) -> None:
        access_log = Log(scope, f"{id}AccessLog", settings=settings)
        super().__init__(
            scope,
            id,
            rest_api_name=name,  # a label: CloudWatch knows the API's metrics by it
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            disable_execute_api_endpoint=settings.disable_execute_api_endpoint or None,
            # Bodies reach the function as sent, including gzip.
            binary_media_types=["*/*"],
            # All APIs of an account and region share this role, so the stack does not delete it.
            cloud_watch_role=settings.api_log_role == "create",
            deploy_options=_stage(access_log, settings),
            default_method_options=authorization(scope, settings, authorizer_package),
            # One permission for all methods: one each would exceed the size limit of the policy.
            default_integration=apigateway.LambdaIntegration(
                function, scope_permission_to_method=False
            ),
        )
        self.access_log = access_log
        self._custom_url = custom_url(settings)
        if settings.tracing == "stage":
            sample_traces(self, name=f"{name}/{STAGE}", settings=settings)
        self.node.try_remove_child("Endpoint")  # the stack has this output as ApiUrl
        # API Gateway would create this log group itself and never expire it.
        log_name = f"API-Gateway-Execution-Logs_{self.rest_api_id}/{STAGE}"
        log = Log(scope, f"{id}ExecutionLog", settings=settings, name=log_name)
        self.deployment_stage.node.add_dependency(log)
        add_gateway_responses(self, settings.cors_origins)
        self._add_methods(settings)
        self.key = add_api_key(self, settings) if settings.auth == "api-key" else None
        self._explain(settings)

    @property
    def base_url(self) -> str:
        """The URL for clients, without a trailing slash."""
        own = f"https://{self.rest_api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}/{STAGE}"
        return self._custom_url or own

    def _add_methods(self, settings: DeploySettings) -> None:
        served = routes(settings)
        for method, path in served:
            self.root.resource_for_path(path).add_method(method)
        # The function also answers unknown paths and methods, so 404 and 405 look like Pinpoint's.
        for path in ["/", "/{proxy+}", *_path_prefixes(served)]:
            resource = self.root.resource_for_path(path)
            resource.add_method("ANY")
            if settings.cors_origins:
                add_preflight(resource, settings)

    def _explain(self, settings: DeploySettings) -> None:
        auth = settings.auth
        acknowledge(
            self,
            "APIG2",
            "The function validates each event; a request validator would reject a whole request "
            "for one bad event.",
        )
        if not settings.waf:
            web_acl = (
                "A web ACL costs money every month and blocks with a 403, which makes clients "
                "delete events. The deploy setting waf adds one."
            )
            acknowledge(self, "APIG3", web_acl)
            acknowledge(self, "APIGWAssociatedWithWAF", web_acl, [NIST, PCI])
        acknowledge(
            self,
            "APIGWCacheEnabledAndEncrypted",
            "A cache would give one request the answer of another; each event must be delivered.",
            [NIST, PCI],
        )
        acknowledge(
            self,
            "APIGWSSLEnabled",
            "A client certificate shows an HTTP backend who calls it; here that is a function, "
            "whose own policy lets this API invoke it.",
            [NIST, PCI],
        )
        if settings.tracing != "stage":
            acknowledge(
                self,
                "APIGWXrayEnabled",
                "API Gateway's own traces hold clients' IP addresses; tracing=stage turns them on.",
                [SERVERLESS],
            )
        acknowledge(
            self,
            f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/{_LOG_POLICY}]",
            "The policy that AWS keeps for API Gateway's logging role, which all APIs of an "
            "account and region share; no function has it.",
        )
        if auth != "cognito":
            acknowledge(self, "COG4", f"You chose this with the deploy setting auth={auth}.")
        if auth in ("api-key", "none"):
            acknowledge(self, "APIG4", f"You chose this with the deploy setting auth={auth}.")


def _stage(log: Log, settings: DeploySettings) -> apigateway.StageOptions:
    return apigateway.StageOptions(
        stage_name=STAGE,
        # API Gateway's segments hold the client's IP address, and URLs with ids of people.
        tracing_enabled=settings.tracing == "stage",
        throttling_rate_limit=settings.throttle_rate,
        throttling_burst_limit=settings.throttle_burst,
        logging_level=apigateway.MethodLoggingLevel.ERROR,
        data_trace_enabled=False,  # true would log bodies
        access_log_destination=apigateway.LogGroupLogDestination(log),
        access_log_format=apigateway.AccessLogFormat.custom(
            json.dumps(ACCESS_LOG, separators=(",", ":"))
        ),
    )


def _path_prefixes(served: Sequence[Route]) -> dict[str, None]:
    """The routes' paths and all their parents, each once: /v1, /v1/apps and so on."""
    prefixes = (accumulate(path.split("/")[1:], "{}/{}".format, initial="") for _, path in served)
    return dict.fromkeys(prefix for path in prefixes for prefix in path if prefix)
