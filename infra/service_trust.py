"""Whom a role trusts: a service of AWS, and only when it works for this account."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam


def of_this_account(service: str) -> iam.ServicePrincipal:
    """Return the service as it acts for resources of the stack's own account."""
    return iam.ServicePrincipal(
        service, conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
    )
