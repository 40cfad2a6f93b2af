"""What the stack of that name in the account is: a gateway's, in a state that can be changed."""

from typing import Any

from botocore.exceptions import ClientError

from commands.aws_session import Problem
from commands.deploy.plan import Plan
from infra.names import STACK_DESCRIPTION, STACK_TAG

_REPAIRS = {
    "ROLLBACK_FAILED": "make destroy{options}",
    "DELETE_FAILED": "make destroy{options}",
    "UPDATE_ROLLBACK_FAILED": "aws cloudformation continue-update-rollback --stack-name {stack}",
}
_NEVER_CREATED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
_UNPROTECT = "aws cloudformation update-termination-protection --no-enable-termination-protection"


def before_deploy(plan: Plan) -> Problem | None:
    """Look whether the stack is a gateway's, if there is one, and did not get stuck."""
    found = _stack(plan)
    return found and (_is_anothers(plan, found) or _is_stuck(plan, found))


def before_destroy(plan: Plan) -> Problem | None:
    """Look whether the stack is a gateway's, and one that CloudFormation deletes."""
    found = _stack(plan)
    return found and (_is_anothers(plan, found) or _is_protected(plan, found))


def _is_anothers(plan: Plan, stack: Any) -> Problem | None:
    # One in review has no resources yet, and may have no description.
    if stack["StackStatus"] == "REVIEW_IN_PROGRESS" or _is_gateway(stack):
        return None
    return Problem(
        f"The stack {plan.stack} in {plan.place} is not a gateway's.",
        (plan.options.deploying_with("stackName=ANOTHER-NAME"),),
    )


def _is_stuck(plan: Plan, stack: Any) -> Problem | None:
    status = stack["StackStatus"]
    # The CDK deletes a stack whose first creation failed, and creates it anew.
    if status in _NEVER_CREATED and (protected := _is_protected(plan, stack)):
        return protected._replace(
            sentence=f"The stack {plan.stack} is {status}: its first creation failed, and it "
            "cannot be created anew while it is protected from being deleted "
            "(terminationProtection)."
        )
    if status not in _REPAIRS:
        return None
    repair = _REPAIRS[status].format(stack=plan.stack, options=plan.options.again)
    return Problem(f"The stack {plan.stack} is {status}, which no deploy can change.", (repair,))


def _is_protected(plan: Plan, stack: Any) -> Problem | None:
    if not stack.get("EnableTerminationProtection"):
        return None
    return Problem(
        f"The stack {plan.stack} is protected from being deleted (terminationProtection).",
        (f"{_UNPROTECT} --stack-name {plan.stack} --region {plan.account.region}",),
    )


def _is_gateway(stack: Any) -> bool:
    tags = {tag["Key"] for tag in stack.get("Tags", [])}
    return stack.get("Description") == STACK_DESCRIPTION or STACK_TAG in tags


def _stack(plan: Plan) -> Any:
    try:
        [found] = plan.account.client("cloudformation").describe_stacks(StackName=plan.stack)[
            "Stacks"
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return None  # there is none yet
    return found
