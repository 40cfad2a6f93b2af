"""X-Ray's sampling rules of a stage: a few requests with events are traced, and no others.

Only what API Gateway decides goes by a rule: a function that is called without a decision is traced
at Lambda's own rate, which nobody can set. API Gateway's trace has the URL of a request, so those
whose path holds the id of an endpoint or of a user are never traced.
"""

from hashlib import sha256

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_xray as xray

from infra.deploy_settings import DeploySettings
from infra.settings.log_settings import TRACE_RATE, TRACE_RESERVOIR

# Rules are asked in the order of their priority; X-Ray's own default has 10,000.
EVENTS_PRIORITY, OTHERS_PRIORITY = 9000, 9001
_STACK_NAME, _DIGEST = 16, 8  # characters; with "-Events" 32 at most


def sample_traces(api: apigateway.RestApi, *, name: str, settings: DeploySettings) -> None:
    """Add the rules; `name` is what X-Ray calls the stage: the name of the API and of the stage."""
    # A rule's name is unique in the account and region, and short.
    unique = f"{name[:_STACK_NAME]}-{sha256(name.encode()).hexdigest()[:_DIGEST]}".replace("/", "-")
    given, share = settings.trace_reservoir, settings.trace_rate
    first = TRACE_RESERVOIR if given is None else given
    rest = TRACE_RATE if share is None else share
    for id_, path, priority, reservoir, rate in (
        ("Events", "*/events*", EVENTS_PRIORITY, first, rest),
        ("Others", "*", OTHERS_PRIORITY, 0, 0),
    ):
        rule = xray.CfnSamplingRule(api, f"{id_}Traces")
        rule.sampling_rule = xray.CfnSamplingRule.SamplingRuleProperty(
            version=1,
            rule_name=f"{unique}-{id_}",
            priority=priority,
            reservoir_size=reservoir,
            fixed_rate=rate,
            service_name=name,
            service_type="AWS::ApiGateway::Stage",
            http_method="POST" if id_ == "Events" else "*",
            url_path=path,
            host="*",
            resource_arn="*",
        )
