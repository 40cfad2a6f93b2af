"""What the web ACL asks of a request: which rules block, which only count, and why.

Most clients delete what they could not send over a 403. So a rule blocks only where no honest event
can break it.
"""

from typing import Any

from aws_cdk import aws_wafv2 as wafv2

COMMON = "AWSManagedRulesCommonRuleSet"
RATE = "RateOfOneAddress"
RATE_SECONDS = 300
HELD_BACK = "HeldBack"

_BODIES = "an event may hold any text: a page's markup, a path, a URL, a stack trace"
_PATHS = "ids of endpoints and users stand in the path, and may hold any text"
_QUERIES = "`/events/legacy` has its signature and its session token in the query"
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
COUNTED = {
    "SizeRestrictions_BODY": "it blocks over 8 KB, and PutEvents takes 4 MB",
    "SizeRestrictions_QUERYSTRING": f"it blocks over 2,048 bytes, and {_QUERIES}",
    "SizeRestrictions_URIPATH": "it blocks over 1,024 bytes, and an endpoint's id may have as many",
    "NoUserAgent_HEADER": "a program of one's own, and amplify-js's beacon, may send none",
    "CrossSiteScripting_BODY": _BODIES,
    "GenericLFI_BODY": _BODIES,
    "GenericRFI_BODY": _BODIES,
    "EC2MetaDataSSRF_BODY": _BODIES,
    "CrossSiteScripting_URIPATH": _PATHS,
    "GenericLFI_URIPATH": _PATHS,
    "GenericRFI_URIPATH": _PATHS,
    "EC2MetaDataSSRF_URIPATH": _PATHS,
    "RestrictedExtensions_URIPATH": _PATHS,
    "RestrictedExtensions_QUERYARGUMENTS": _QUERIES,
    "CrossSiteScripting_QUERYARGUMENTS": _QUERIES,
    "GenericLFI_QUERYARGUMENTS": _QUERIES,
    "GenericRFI_QUERYARGUMENTS": _QUERIES,
    "EC2MetaDataSSRF_QUERYARGUMENTS": _QUERIES,
}
# Of the rule set these stay, which no PutEvents client can break: it sends no cookie.
BLOCKING = (
    "UserAgent_BadBots_HEADER",
    "SizeRestrictions_Cookie_HEADER",
    "CrossSiteScripting_COOKIE",
    "EC2MetaDataSSRF_COOKIE",
)


def rules(rate_limit: int) -> list[wafv2.CfnWebACL.RuleProperty]:
    """Return the rules in the order in which they are asked."""
    return [_rate(rate_limit), _common()]


def seen_as(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    """Return the metric of a rule; no request is sampled, for samples hold headers."""
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )


def _rate(limit: int) -> wafv2.CfnWebACL.RuleProperty:
    # Phones behind one address of a carrier did nothing wrong: they are told 500, to try later.
    held_back: Any = {
        "block": {"customResponse": {"responseCode": 500, "customResponseBodyKey": HELD_BACK}}
    }
    return wafv2.CfnWebACL.RuleProperty(
        name=RATE,
        priority=0,
        action=held_back,
        statement=wafv2.CfnWebACL.StatementProperty(
            rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP", limit=limit, evaluation_window_sec=RATE_SECONDS
            )
        ),
        visibility_config=seen_as(RATE),
    )


def _common() -> wafv2.CfnWebACL.RuleProperty:
    count = wafv2.CfnWebACL.RuleActionProperty(count={})
    return wafv2.CfnWebACL.RuleProperty(
        name=COMMON,
        priority=1,
        override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
        statement=wafv2.CfnWebACL.StatementProperty(
            managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=COMMON,
                rule_action_overrides=[
                    wafv2.CfnWebACL.RuleActionOverrideProperty(name=name, action_to_use=count)
                    for name in COUNTED
                ],
            )
        ),
        visibility_config=seen_as(COMMON),
    )
