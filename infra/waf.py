"""The web ACL before the API: the stack's own, or one of yours."""

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from infra.acknowledge import NIST, PCI, acknowledge
from infra.api import STAGE, PutEventsApi
from infra.deploy_settings import DeploySettings
from infra.waf_rules import HELD_BACK, RATE, rules, seen_as

# API Gateway's request id is not known to WAF.
_BODY = '{"Message":"Internal server error.","RequestID":"none"}'


def add_waf(scope: Construct, api: PutEventsApi, settings: DeploySettings) -> None:
    """Put a web ACL before the stage, if `waf` says so."""
    if not settings.waf:
        return
    arn = settings.waf if isinstance(settings.waf, str) else _own(scope, settings).attr_arn
    region = f"arn:{Aws.PARTITION}:apigateway:{Aws.REGION}"
    stage = f"{region}::/restapis/{api.rest_api_id}/stages/{STAGE}"
    association = wafv2.CfnWebACLAssociation(
        scope, "WebAclOfStage", resource_arn=stage, web_acl_arn=arn
    )
    association.node.add_dependency(api.deployment_stage)


def held_back(name: str) -> cloudwatch.Metric:
    """Return the requests of addresses over the limit, of a stack's own web ACL."""
    return cloudwatch.Metric(
        namespace="AWS/WAFV2",
        metric_name="BlockedRequests",
        dimensions_map={"WebACL": _metric(name), "Region": Aws.REGION, "Rule": RATE},
        statistic="Sum",
    )


def _metric(stack_name: str) -> str:
    """Return the name of the web ACL's metric: CloudFormation takes 128 characters."""
    return f"{stack_name[:120]}-web-acl"


def _own(scope: Construct, settings: DeploySettings) -> wafv2.CfnWebACL:
    web_acl = wafv2.CfnWebACL(
        scope,
        "WebAcl",
        scope="REGIONAL",
        default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
        custom_response_bodies={
            HELD_BACK: wafv2.CfnWebACL.CustomResponseBodyProperty(
                content=_BODY, content_type="APPLICATION_JSON"
            )
        },
        rules=rules(settings.waf_rate_limit),
        visibility_config=seen_as(_metric(settings.stack_name)),
    )
    acknowledge(
        web_acl,
        "WAFv2LoggingEnabled",
        "Its log would hold the address and the path of every request, which name people; each "
        "rule has a metric.",
        [NIST, PCI],
    )
    return web_acl
