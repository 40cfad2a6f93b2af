"""What an account must have before the stack can be created in it, one function for each."""

from botocore.exceptions import ClientError

from commands.aws_session import Problem
from commands.deploy.plan import Plan

# The manifest that the CDK writes asks for it.
MIN_BOOTSTRAP_VERSION = 6


def bootstrap(plan: Plan) -> Problem | None:
    """Look whether the CDK can put the package somewhere."""
    mend = (f"make bootstrap{plan.options.environment}",)
    name = f"/cdk-bootstrap/{plan.options.qualifier}/version"
    where = f"{plan.account.id} in {plan.account.region}"
    try:
        found = plan.account.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return Problem(f"Account {where} is not bootstrapped for the CDK.", mend)
    if int(found) < MIN_BOOTSTRAP_VERSION:
        return Problem(
            f"Account {where} is bootstrapped with version {found}, and the CDK needs "
            f"{MIN_BOOTSTRAP_VERSION}.",
            mend,
        )
    return None


def api_log_role(plan: Plan) -> Problem | None:
    """Look whether API Gateway can write logs where the stack creates no role for it."""
    if plan.settings.api_log_role == "create":
        return None
    if plan.account.client("apigateway").get_account().get("cloudwatchRoleArn"):
        return None
    return Problem(
        "API Gateway has no role to write logs with in this region, and apiLogRole=existing "
        "creates none.",
        (plan.options.deploying_with("apiLogRole=create"),),
    )
