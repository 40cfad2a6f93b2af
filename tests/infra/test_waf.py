"""The web ACL of the template: what it blocks, what it counts, and whom that could hurt."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.waf_rules import BLOCKING, COMMON, COUNTED, RATE, RATE_SECONDS
from tests.infra.conftest import Deploy
from tests.infra.synthesis import Deployment, text

EVENTS = Path(__file__).parents[1] / "events"
ACCESS = (Path(__file__).parents[2] / "docs/access.md").read_text()
ARN = (
    "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/mine/12345678-1234-1234-1234-123456789012"
)
# The rule set as AWS documents it (the page is named in infra/waf_rules.py), with the most bytes
# that a size rule lets through.
COMMON_RULES = {
    "NoUserAgent_HEADER", "UserAgent_BadBots_HEADER", "SizeRestrictions_QUERYSTRING",
    "SizeRestrictions_Cookie_HEADER", "SizeRestrictions_BODY", "SizeRestrictions_URIPATH",
    "EC2MetaDataSSRF_BODY", "EC2MetaDataSSRF_COOKIE", "EC2MetaDataSSRF_URIPATH",
    "EC2MetaDataSSRF_QUERYARGUMENTS", "GenericLFI_QUERYARGUMENTS", "GenericLFI_URIPATH",
    "GenericLFI_BODY", "RestrictedExtensions_URIPATH", "RestrictedExtensions_QUERYARGUMENTS",
    "GenericRFI_QUERYARGUMENTS", "GenericRFI_BODY", "GenericRFI_URIPATH",
    "CrossSiteScripting_COOKIE", "CrossSiteScripting_QUERYARGUMENTS", "CrossSiteScripting_BODY",
    "CrossSiteScripting_URIPATH",
}  # fmt: skip
SIZES = {
    "SizeRestrictions_BODY": 8192,
    "SizeRestrictions_QUERYSTRING": 2048,
    "SizeRestrictions_URIPATH": 1024,
    "SizeRestrictions_Cookie_HEADER": 10_240,
}


@pytest.fixture(name="stack", scope="module")
def _stack(deploy: Deploy) -> Deployment:
    return deploy(waf="true", wafRateLimit=70_000)


def counted(stack: Deployment) -> set[str]:
    _, common = stack.one("WAFv2::WebACL")["Rules"]
    assert common["OverrideAction"] == {"None": {}}
    group = common["Statement"]["ManagedRuleGroupStatement"]
    assert (group["VendorName"], group["Name"]) == ("AWS", COMMON)
    assert all(rule["ActionToUse"] == {"Count": {}} for rule in group["RuleActionOverrides"])
    return {rule["Name"] for rule in group["RuleActionOverrides"]}


def test_without_the_setting_there_is_no_web_acl(default: Deployment) -> None:
    assert default.all("WAFv2::WebACL") == default.all("WAFv2::WebACLAssociation") == []


def test_the_web_acl_stands_before_the_stage(stack: Deployment) -> None:
    acl, association = stack.one("WAFv2::WebACL"), stack.one("WAFv2::WebACLAssociation")

    assert (acl["Scope"], acl["DefaultAction"]) == ("REGIONAL", {"Allow": {}})
    stage = text(association["ResourceArn"])
    assert re.search(r":apigateway:.*::/restapis/<.+>/stages/prod$", stage)


def test_one_of_yours_is_taken_as_it_is(deploy: Deploy) -> None:
    stack = deploy(waf=ARN)

    assert stack.all("WAFv2::WebACL") == []
    assert stack.one("WAFv2::WebACLAssociation")["WebACLArn"] == ARN


def test_an_address_over_the_limit_is_told_to_try_later(stack: Deployment) -> None:
    """A 403 or 429 would make clients delete what they have."""
    acl = stack.one("WAFv2::WebACL")
    rate, _ = acl["Rules"]
    response = rate["Action"]["Block"]["CustomResponse"]

    assert rate["Statement"]["RateBasedStatement"] == {
        "AggregateKeyType": "IP", "Limit": 70_000, "EvaluationWindowSec": RATE_SECONDS,
    }  # fmt: skip
    assert response["ResponseCode"] == 500
    body = acl["CustomResponseBodies"][response["CustomResponseBodyKey"]]
    assert body["ContentType"] == "APPLICATION_JSON"
    assert json.loads(body["Content"]).keys() == {"Message", "RequestID"}
    [alarm] = [a for a in stack.all("CloudWatch::Alarm") if a.get("Namespace") == "AWS/WAFV2"]
    seen = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
    assert seen["Rule"] == rate["VisibilityConfig"]["MetricName"] == RATE
    assert seen["WebACL"] == acl["VisibilityConfig"]["MetricName"]


def test_every_rule_of_the_set_is_weighed(stack: Deployment) -> None:
    assert counted(stack) == COUNTED.keys()
    assert COUNTED.keys() | set(BLOCKING) == COMMON_RULES
    assert not COUNTED.keys() & set(BLOCKING)


def test_no_request_is_kept_as_a_sample(stack: Deployment) -> None:
    """A sample holds the request's headers, and with them its credentials."""
    acl = stack.one("WAFv2::WebACL")

    for part in (acl, *acl["Rules"]):
        assert part["VisibilityConfig"]["SampledRequestsEnabled"] is False


def measured(request: dict[str, Any]) -> dict[str, int]:
    """The bytes of a request that size rules look at."""
    path, _, query = request["path"].partition("?")
    headers = {name.lower(): value for name, value in request.get("headers", {}).items()}
    return {
        "SizeRestrictions_BODY": len((request["body"] or "").encode()),
        "SizeRestrictions_QUERYSTRING": len(query),
        "SizeRestrictions_URIPATH": len(f"/prod{path}"),
        "SizeRestrictions_Cookie_HEADER": len(str(headers.get("cookie", ""))),
    }


def test_no_request_that_a_client_sent_breaks_a_size_rule_that_blocks(stack: Deployment) -> None:
    blocking = SIZES.keys() - counted(stack)
    sizes = [measured(json.loads(f.read_bytes())) for f in (EVENTS / "captures").glob("*.json")]
    # Bodies alone; with 100 events to a request they are over 8 KB.
    bodies = [file.read_bytes() for file in (EVENTS / "requests").glob("*.json")]
    sizes += [measured({"path": "/", "body": body.decode()}) for body in bodies]
    sizes += [measured({"path": "/", "body": "x" * 4 * 1024 * 1024})]

    over = {rule for size in sizes for rule in size if size[rule] > SIZES[rule]}
    assert len(sizes) > 30
    assert "SizeRestrictions_BODY" in over
    assert over & blocking == set()


def test_the_page_on_access_names_each_rule_with_its_reason() -> None:
    for rule, reason in COUNTED.items():
        assert f"| `{rule}` | {reason} |" in ACCESS
