"""The REST API of the template: who gets in, what reaches the function, what it says itself."""

import json
import re

import pytest

from infra.gateway_responses import RESPONSES
from infra.routes import READ_ROUTES, routes
from tests.infra.conftest import Deploy
from tests.infra.synthesis import AUTHS, Deployment, text
from tests.infra.test_deploy_settings import load

ROUTES = routes(load())
# The ten paths without endpoint reads, and the two of users.
PATHS, USER_PATHS = 11, 2
ORIGIN = "https://app.example.com"
ASKED = {
    "iam": {"AuthorizationType": "AWS_IAM"},
    "cognito": {"AuthorizationType": "COGNITO_USER_POOLS"},
    "jwt": {"AuthorizationType": "CUSTOM"},
    "api-key": {"AuthorizationType": "NONE", "ApiKeyRequired": True},
    "none": {"AuthorizationType": "NONE"},
}


@pytest.mark.parametrize("auth", AUTHS)
def test_every_method_but_a_preflight_asks_what_auth_says(deploy: Deploy, auth: str) -> None:
    methods = deploy(auth=auth, **AUTHS[auth]).methods()

    asked = {
        route: {
            name: method[name]
            for name in ("AuthorizationType", "ApiKeyRequired")
            if method.get(name)
        }
        for route, method in methods.items()
        if route[0] != "OPTIONS"
    }
    assert asked == dict.fromkeys(asked, ASKED[auth])
    assert len(asked) > len(ROUTES)


@pytest.mark.parametrize("auth", AUTHS)
def test_a_preflight_is_never_asked_who_it_is(deploy: Deploy, auth: str) -> None:
    methods = deploy(auth=auth, corsOrigins=ORIGIN, **AUTHS[auth]).methods()
    preflights = [m for route, m in methods.items() if route[0] == "OPTIONS"]

    assert len(preflights) == PATHS
    assert {m["AuthorizationType"] for m in preflights} == {"NONE"}
    assert not any(m.get("ApiKeyRequired") or "AuthorizerId" in m for m in preflights)


def test_without_origins_there_is_no_method_without_authorization(any_auth: Deployment) -> None:
    assert [route for route in any_auth.methods() if route[0] == "OPTIONS"] == []


@pytest.mark.parametrize("origins", [ORIGIN, "*", "https://a.example.com,https://*.example.dev"])
def test_a_preflight_starts_no_function(deploy: Deploy, origins: str) -> None:
    for (name, _), method in deploy(corsOrigins=origins).methods().items():
        kind = method["Integration"]["Type"]
        assert kind == ("MOCK" if name == "OPTIONS" else "AWS_PROXY")
        if kind == "MOCK":
            # Else API Gateway fails over its own answer, for the API takes bytes of any type.
            assert method["Integration"]["ContentHandling"] == "CONVERT_TO_TEXT"
            [response] = method["Integration"]["IntegrationResponses"]
            assert response["ContentHandling"] == "CONVERT_TO_TEXT"


@pytest.mark.parametrize("auth", ["iam", "none"])
def test_the_number_of_methods(deploy: Deploy, auth: str) -> None:
    def count(**options: str) -> int:
        return len(deploy(auth=auth, **options).methods())

    assert count() == len(ROUTES) + PATHS == 17
    assert count(corsOrigins=ORIGIN) == len(ROUTES) + 2 * PATHS == 28
    if auth == "iam":
        assert count(endpointReads="true") == len(ROUTES) + len(READ_ROUTES) + PATHS + USER_PATHS


def test_endpoints_are_read_and_deleted_only_if_asked_for(deploy: Deploy) -> None:
    assert set(READ_ROUTES).isdisjoint(deploy().methods())
    assert not any("/users" in path for _, path in deploy().methods())
    assert set(READ_ROUTES) < set(deploy(endpointReads="true").methods())


def test_cognito_asks_the_given_pool(deploy: Deploy) -> None:
    arn = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_aB1"

    by_id = deploy(auth="cognito", **AUTHS["cognito"]).one("ApiGateway::Authorizer")
    by_arn = deploy(auth="cognito", userPoolId=arn).one("ApiGateway::Authorizer")

    assert text(by_id["ProviderARNs"][0]).endswith(":userpool/eu-west-1_aBcDeFgHi")
    assert text(by_arn["ProviderARNs"][0]) == arn
    assert by_id["IdentitySource"] == "method.request.header.Authorization"


def test_tokens_are_asked_about_by_a_function_of_its_own(deploy: Deploy) -> None:
    given = {"jwtAudience": ["a", "b"], "jwtJwksUrl": "https://login.example.com/keys"}
    deployment = deploy(auth="jwt", **{**AUTHS["jwt"], **given, "jwtSkewSeconds": "5"})
    authorizer = deployment.one("ApiGateway::Authorizer")
    [function] = [
        f for f in deployment.all("Lambda::Function") if f["Handler"].startswith("authorizer.")
    ]

    assert authorizer["Type"] == "TOKEN"
    assert authorizer["IdentitySource"] == "method.request.header.Authorization"
    assert authorizer["AuthorizerResultTtlInSeconds"] == 300
    shape = authorizer["IdentityValidationExpression"]
    assert all(re.search(shape, token) for token in ("Bearer a.b.c", "BEARER a.b.c", "a-_9.b.c"))
    assert not any(
        re.search(shape, token) for token in ("", "Bearer ", "a.b", "Basic a.b.c", "a.b.c.d")
    )
    assert function["Environment"]["Variables"] == {
        "JWT_ISSUER": "https://login.example.com/",
        "JWT_AUDIENCE": '["a", "b"]',
        "JWT_JWKS_URL": "https://login.example.com/keys",
        "JWT_SKEW_SECONDS": "5",
    }


def test_an_issuer_on_this_machine_is_told_to_be_of_no_use_in_aws(deploy: Deploy) -> None:
    there = deploy(auth="jwt", **{**AUTHS["jwt"], "jwtIssuer": "http://127.0.0.1/"})

    assert [told for told in there.warnings() if "every request is answered 500" in told]
    elsewhere = deploy(auth="jwt", **AUTHS["jwt"])
    assert [told for told in elsewhere.warnings() if "this machine" in told] == []


def test_an_api_key_comes_with_its_usage_plan_and_an_output(deploy: Deploy) -> None:
    deployment = deploy(auth="api-key")

    assert deployment.one("ApiGateway::ApiKey")["Enabled"] is True
    assert len(deployment.one("ApiGateway::UsagePlan")["ApiStages"]) == 1
    assert deployment.one("ApiGateway::UsagePlanKey")["KeyType"] == "API_KEY"
    assert "ApiKeyId" in deployment.outputs


def test_a_key_is_limited_as_the_stage_is_unless_told_otherwise(deploy: Deploy) -> None:
    plan = deploy(auth="api-key", throttleRate=50, throttleBurst=70).one("ApiGateway::UsagePlan")

    # Less would cut off honest clients: all installations of an app have the one key.
    assert plan["Throttle"] == {"RateLimit": 50, "BurstLimit": 70}
    assert "Quota" not in plan


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_a_key_may_have_a_rate_and_a_quota_of_its_own(deploy: Deploy, period: str) -> None:
    options = {"apiKeyRate": 5, "apiKeyBurst": 7, "apiKeyQuota": f"1000/{period}"}
    plan = deploy(auth="api-key", **options).one("ApiGateway::UsagePlan")

    assert plan["Throttle"] == {"RateLimit": 5, "BurstLimit": 7}
    assert plan["Quota"] == {"Limit": 1000, "Period": period.upper()}


def test_without_api_keys_there_is_no_key(forwarding: Deployment) -> None:
    assert forwarding.all("ApiGateway::ApiKey") == forwarding.all("ApiGateway::UsagePlan") == []
    outputs = {"ApiUrl", "QueueUrl", "DeadLetterQueueUrl", "ClientPolicy", "DashboardUrl"}
    assert set(forwarding.outputs) == outputs


def test_every_step_of_every_path_and_all_the_rest_reaches_the_function(
    default: Deployment,
) -> None:
    methods = default.methods()

    served = {path for _, path in ROUTES}
    steps = {"/".join(p.split("/")[:n]) for p in served for n in range(2, p.count("/") + 2)}
    everywhere = {"/", "/{proxy+}", *steps}
    assert set(methods) == {*ROUTES, *(("ANY", p) for p in everywhere)}
    assert {text(m["Integration"]["Uri"]) for m in methods.values()} == {
        text(next(iter(methods.values()))["Integration"]["Uri"])
    }
    assert {m["Integration"]["Type"] for m in methods.values()} == {"AWS_PROXY"}


def test_api_gateway_may_call_the_function_by_one_permission(default: Deployment) -> None:
    permission = default.one("Lambda::Permission")

    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert text(permission["SourceArn"]).endswith("/*/*/*")


def test_a_body_reaches_the_function_as_the_bytes_that_were_sent(default: Deployment) -> None:
    api = default.one("ApiGateway::RestApi")

    assert api["BinaryMediaTypes"] == ["*/*"]
    assert "MinimumCompressionSize" not in api
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}


def test_the_stage_is_throttled_and_logged_without_bodies_or_traces(deploy: Deploy) -> None:
    stage = deploy(throttleRate=50, throttleBurst=70).one("ApiGateway::Stage")

    assert stage["TracingEnabled"] is False
    assert stage["MethodSettings"] == [
        {
            "HttpMethod": "*",
            "ResourcePath": "/*",
            "ThrottlingRateLimit": 50,
            "ThrottlingBurstLimit": 70,
            "LoggingLevel": "ERROR",
            "DataTraceEnabled": False,
        }
    ]


def test_the_access_log_is_json_and_points_at_nobody(default: Deployment) -> None:
    setting = default.one("ApiGateway::Stage")["AccessLogSetting"]

    variables = set(json.loads(setting["Format"]).values())
    assert "$context.requestId" in variables
    private = ("identity", "authorizer", "path", "error.message", "customDomain")
    assert [v for v in variables if v.removeprefix("$context.").startswith(private)] == []
    assert "Log" in text(setting["DestinationArn"])


def test_the_role_that_apis_log_with_outlives_the_stack_or_is_left_alone(deploy: Deploy) -> None:
    resources = deploy().template["Resources"].values()
    [account] = [r for r in resources if r["Type"] == "AWS::ApiGateway::Account"]

    assert account["DeletionPolicy"] == "Retain"
    assert deploy(apiLogRole="existing").all("ApiGateway::Account") == []


class TestGatewayResponses:
    """What API Gateway answers before the function is asked."""

    def test_each_has_the_body_of_pinpoints_errors_and_api_gateways_type(
        self, default: Deployment
    ) -> None:
        for response in default.all("ApiGateway::GatewayResponse"):
            template = response["ResponseTemplates"]["application/json"]
            body = json.loads(template.replace("$context.error.messageString", '"text"'))
            assert list(body) == ["Message", "RequestID"]
            assert body["RequestID"] == "$context.requestId"
            headers = {name.lower() for name in response.get("ResponseParameters", {})}
            # API Gateway adds its own: with ours, SDKs would read both as one name.
            assert "gatewayresponse.header.x-amzn-errortype" not in headers

    def test_only_what_a_client_did_wrong_is_a_4xx(self, default: Deployment) -> None:
        statuses = {
            r["ResponseType"]: r["StatusCode"] for r in default.all("ApiGateway::GatewayResponse")
        }
        forbidden = {
            "ACCESS_DENIED", "EXPIRED_TOKEN", "INVALID_API_KEY", "INVALID_SIGNATURE",
            "MISSING_AUTHENTICATION_TOKEN", "UNAUTHORIZED", "WAF_FILTERED", "DEFAULT_4XX",
        }  # fmt: skip

        assert statuses == {
            **dict.fromkeys(forbidden, "403"),
            "RESOURCE_NOT_FOUND": "404",
            "REQUEST_TOO_LARGE": "413",
            **dict.fromkeys(set(RESPONSES) - forbidden
                            - {"RESOURCE_NOT_FOUND", "REQUEST_TOO_LARGE"}, "500"),
        }  # fmt: skip

    @pytest.mark.parametrize(
        "name", ["THROTTLED", "QUOTA_EXCEEDED", "DEFAULT_5XX", "INTEGRATION_TIMEOUT",
                 "INTEGRATION_FAILURE", "AUTHORIZER_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR"]
    )  # fmt: skip
    def test_what_is_our_fault_is_a_500_over_which_clients_keep_their_queue(
        self, default: Deployment, name: str
    ) -> None:
        [response] = [
            r for r in default.all("ApiGateway::GatewayResponse") if r["ResponseType"] == name
        ]

        assert response["StatusCode"] == "500"

    @pytest.mark.parametrize(
        ("origins", "allowed"),
        [
            ("", None),
            ("*", "'*'"),
            ("https://app.example.com", "'https://app.example.com'"),
            ("https://app.example.com,https://www.example.com", "'*'"),
            ("https://*.example.dev", "'*'"),
        ],
    )
    def test_a_browser_may_read_them(
        self, deploy: Deploy, origins: str, allowed: str | None
    ) -> None:
        for response in deploy(corsOrigins=origins).all("ApiGateway::GatewayResponse"):
            headers = response.get("ResponseParameters", {})
            assert headers.get("gatewayresponse.header.Access-Control-Allow-Origin") == allowed
            exposed = headers.get("gatewayresponse.header.Access-Control-Expose-Headers")
            assert (exposed is None) == (allowed is None)
            assert "gatewayresponse.header.Access-Control-Allow-Credentials" not in headers
