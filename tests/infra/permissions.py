"""Every policy statement of a template, and the wildcards that may stand in one."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.infra.synthesis import Deployment, listed, text

_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference"


class Permission(NamedTuple):
    """One action on one resource, as one statement says it."""

    holder: str  # the type of the resource that has the policy
    effect: str
    action: str
    resource: str
    who: str

    @property
    def has_wildcard(self) -> bool:
        """Whether it is about more than what it names."""
        return any(sign in f"{self.action}{self.resource}{self.who}" for sign in "*?")


class Wildcard(NamedTuple):
    """Wildcards that are allowed, and why AWS has no other way."""

    pattern: str
    reason: str

    def allows(self, permission: Permission) -> bool:
        """Whether this is one of them."""
        return bool(re.fullmatch(self.pattern, " ".join(permission)))


# What a permission must be: holder, effect, action, resource, who.
ALLOWED = [
    Wildcard(
        r"AWS::(S3::BucketPolicy|SNS::TopicPolicy|SQS::QueuePolicy) Deny .*",
        "What is denied to everybody (a call without TLS) is denied for everything.",
    ),
    Wildcard(
        r"AWS::IAM::Policy Allow xray:Put(TraceSegments|TelemetryRecords) \* ",
        f"X-Ray has no resource for these two: {_REFERENCE}/list_awsx-ray.html",
    ),
    Wildcard(
        r"AWS::IAM::Policy Allow firehose:PutRecordBatch \S+:deliverystream/[\w-]+\.\* ",
        "All streams of one stack: the ARNs of 75 would exceed the size of a role's policies, "
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    ),
    Wildcard(
        r"AWS::IAM::Policy Allow s3:(AbortMultipartUpload|GetObject|PutObject) \S+/\* ",
        "Firehose chooses the objects' names: "
        "https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3",
    ),
    Wildcard(
        r"AWS::IAM::Policy Allow execute-api:Invoke "
        r"\S+/(GET|DELETE|POST)/v1/apps/\*/(events|(endpoints|users)/\*) ",
        "A path's ids are the client's: https://docs.aws.amazon.com/apigateway/latest/"
        "developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html",
    ),
    Wildcard(
        r"AWS::IAM::Policy Allow mobiletargeting:\w+ \S+:apps/[\w.-]+/\* ",
        "Of a listed application everything: clients choose the ids of endpoints and users, "
        f"{_REFERENCE}/list_amazonpinpoint.html",
    ),
    Wildcard(
        r"AWS::IAM::Policy Allow secretsmanager:GetSecretValue \S+:secret:\S+-\?{6} ",
        "Secrets Manager ends an ARN with six characters of its own: "
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html",
    ),
    Wildcard(
        r"AWS::KMS::Key Allow kms:\* \* AWS=arn:<AWS::Partition>:iam::<AWS::AccountId>:root",
        "Without it nobody could change the key any more: "
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    ),
    Wildcard(
        r"AWS::KMS::Key Allow kms:GenerateDataKey\* \* Service=cloudwatch.amazonaws.com",
        "As the CDK grants it for SNS, the two calls of that name for one data key: "
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
    ),
    Wildcard(
        r"AWS::KMS::Key Allow kms:\w+ \* (Service=(logs\.\S+|(cloudwatch|events)\.amazonaws\.com)"
        r"|AWS=<((Api|Queue)FunctionRole|LakeStreamsRole)\w+\.Arn>)",
        "In a key's own policy `*` is this key: "
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html",
    ),
]


def permissions(deployment: Deployment) -> Iterator[Permission]:
    """What every statement of every policy in the template says."""
    for resource in deployment.template["Resources"].values():
        for statement in _statements(resource.get("Properties", {})):
            assert "NotAction" not in statement
            assert "NotResource" not in statement
            for action in listed(statement["Action"]):
                for target in listed(statement.get("Resource", "")):
                    for who in _who(statement):
                        effect = statement["Effect"]
                        yield Permission(resource["Type"], effect, action, text(target), who)


def _who(statement: dict[str, Any]) -> list[str]:
    principal = statement.get("Principal", {"": ""})
    if isinstance(principal, str):
        return [principal]
    named = [(kind, one) for kind, found in principal.items() for one in listed(found)]
    return [f"{kind}={text(one)}" if kind else "" for kind, one in named]


def _statements(part: Any) -> Iterator[dict[str, Any]]:
    # A rule of a web ACL has a statement too, which is no list.
    if isinstance(part, dict) and isinstance(part.get("Statement"), list):
        yield from part["Statement"]
    for inner in part.values() if isinstance(part, dict) else part if listed(part) is part else ():
        yield from _statements(inner)
