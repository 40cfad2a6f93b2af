"""What an account must have before the stack can be created in it, one function for each."""

from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import ClientError

from commands.deploy.account import Account, Problem
from commands.deploy.deploy_options import DeployOptions
from infra.deploy_settings import DeploySettings

# The manifest that the CDK writes asks for it.
MIN_BOOTSTRAP_VERSION = 6
_LAMBDA_QUOTA = "--service-code lambda --quota-code L-B99A9384"
# Lambda lets nobody reserve the last of an account.
_NEVER_RESERVED = 100
# SNS's own key: CloudWatch may not use it, so that nothing arrives.
_KEY_OF_SNS = "alias/aws/sns"
_REPAIRS = {
    "ROLLBACK_FAILED": "make destroy",
    "DELETE_FAILED": "make destroy",
    "UPDATE_ROLLBACK_FAILED": "aws cloudformation continue-update-rollback --stack-name {stack}",
}


@dataclass(frozen=True)
class Plan:
    """What is to be deployed, and where."""

    account: Account
    options: DeployOptions
    settings: DeploySettings
    stack: str


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


def concurrency(plan: Plan) -> Problem | None:
    """Look whether Lambda's quota holds what is reserved, and leaves the API enough."""
    limit = plan.account.client("lambda").get_account_settings()["AccountLimit"]
    more = (
        f"aws service-quotas request-service-quota-increase {_LAMBDA_QUOTA} "
        f"--desired-value 1000 --region {plan.account.region}"
    )
    settings = plan.settings
    reserved = settings.api_reserved_concurrency + settings.queue_reserved_concurrency
    if not reserved:
        return _shared(plan, limit["UnreservedConcurrentExecutions"], more)
    # What is free does not say it: a stack that is there has reserved its own already.
    all_of_them = limit["ConcurrentExecutions"]
    if all_of_them - reserved >= min(_NEVER_RESERVED, all_of_them):
        return None
    return Problem(
        f"Lambda runs {all_of_them} functions at once in this account and region, and keeps "
        f"{min(_NEVER_RESERVED, all_of_them)} for those without a reservation: {reserved} cannot "
        "be reserved.",
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


def stack(plan: Plan) -> Problem | None:
    """Look whether an earlier deploy or destroy got stuck."""
    try:
        [found] = plan.account.client("cloudformation").describe_stacks(StackName=plan.stack)[
            "Stacks"
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return None  # there is none yet
    status = found["StackStatus"]
    if status not in _REPAIRS:
        return None
    return Problem(
        f"The stack {plan.stack} is {status}, which no deploy can change.",
        (_REPAIRS[status].format(stack=plan.stack),),
    )


def alarm_topic_arn(plan: Plan) -> Problem | None:
    """Look whether the alarms can publish to the topic."""
    arn = plan.settings.alarm_topic_arn
    if not arn:
        return None
    region = arn.split(":")[3]
    topics = f"aws sns list-topics --region {plan.account.region}"
    if region != plan.account.region:
        return Problem(
            f"alarmTopicArn is a topic in {region}, and alarms in {plan.account.region} cannot "
            "publish to it.",
            (topics,),
        )
    try:
        found = plan.account.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NotFound", "NotFoundException"):
            raise
        return Problem(f"There is no topic {arn}.", (topics,))
    if found.get("KmsMasterKeyId", "").endswith(_KEY_OF_SNS):
        return Problem(
            f"The topic {arn} is encrypted with {_KEY_OF_SNS}, which CloudWatch may not use.",
            (
                f"aws sns set-topic-attributes --topic-arn {arn} "
                "--attribute-name KmsMasterKeyId --attribute-value YOUR_KEY",
            ),
        )
    return None


def user_pool(plan: Plan) -> Problem | None:
    """Look whether the user pool of auth=cognito is there."""
    pool = plan.settings.user_pool_id
    if plan.settings.auth != "cognito" or not pool:
        return None
    try:
        plan.account.client("cognito-idp").describe_user_pool(UserPoolId=pool.rpartition("/")[2])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return Problem(
            f"There is no user pool {pool} in account {plan.account.id}, {plan.account.region}.",
            (f"aws cognito-idp list-user-pools --max-results 60 --region {plan.account.region}",),
        )
    return None


CHECKS: dict[str, Callable[[Plan], Problem | None]] = {
    "the CDK's bootstrap": bootstrap,
    "the quota of concurrent functions": concurrency,
    "API Gateway's role for logs": api_log_role,
    "the state of the stack": stack,
    "the topic of the alarms": alarm_topic_arn,
    "the user pool": user_pool,
}
