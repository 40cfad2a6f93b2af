"""Whether Lambda's quota of concurrent functions holds what the stack will take."""

from botocore.exceptions import ClientError

from commands.aws_session import Problem
from commands.deploy.plan import Plan

_LAMBDA_QUOTA = "--service-code lambda --quota-code L-B99A9384"
# Lambda lets nobody reserve the last of an account.
_NEVER_RESERVED = 100


def concurrency(plan: Plan) -> Problem | None:
    """Look whether Lambda's quota holds what is reserved, and leaves the API enough."""
    limit = plan.account.client("lambda").get_account_settings()["AccountLimit"]
    free, all_of_them = limit["UnreservedConcurrentExecutions"], limit["ConcurrentExecutions"]
    if not _too_few(plan, free, all_of_them):
        return None
    # What a stack that is there has reserved is free for itself.
    return _too_few(plan, free + _reserved_by(plan), all_of_them)


def _too_few(plan: Plan, free: int, all_of_them: int) -> Problem | None:
    more = (
        f"aws service-quotas request-service-quota-increase {_LAMBDA_QUOTA} "
        f"--desired-value 1000 --region {plan.account.region}"
    )
    settings = plan.settings
    reserved = settings.api_reserved_concurrency + settings.queue_reserved_concurrency
    if not reserved:
        return _shared(plan, free, more)
    kept = min(_NEVER_RESERVED, all_of_them)
    if free - reserved >= kept:
        return None
    return Problem(
        f"Lambda runs {free} functions at once in this account and region that nobody else has "
        f"reserved, and keeps {kept} for those without a reservation: {reserved} cannot be "
        "reserved.",
        (
            more,
            plan.options.deploying_with("apiReservedConcurrency=0", "queueReservedConcurrency=0"),
        ),
    )


def _shared(plan: Plan, free: int, more: str) -> Problem | None:
    queue = plan.settings.queue_concurrency
    if 2 * queue <= free:
        return None
    fewer = (plan.options.deploying_with(f"queueConcurrency={free // 2}"),) if free >= 4 else ()
    return Problem(
        f"Lambda runs {free} functions at once in this account and region, of which "
        f"queueConcurrency={queue} leaves the API less than half.",
        (more, *fewer),
    )


def _reserved_by(plan: Plan) -> int:
    """How many the functions of the deployed stack have reserved, none without a stack."""
    pages = plan.account.client("cloudformation").get_paginator("list_stack_resources")
    lambda_client = plan.account.client("lambda")
    try:
        resources = [
            resource
            for page in pages.paginate(StackName=plan.stack)
            for resource in page["StackResourceSummaries"]
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return 0  # there is none yet
    names = [
        resource["PhysicalResourceId"]
        for resource in resources
        if resource["ResourceType"] == "AWS::Lambda::Function"
        and resource.get("PhysicalResourceId")
        and resource["ResourceStatus"] != "DELETE_COMPLETE"
    ]
    found = [lambda_client.get_function_concurrency(FunctionName=name) for name in names]
    return sum(answer.get("ReservedConcurrentExecutions", 0) for answer in found)
