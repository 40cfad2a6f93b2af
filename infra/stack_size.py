"""How many resources a stack has: CloudFormation takes no more than 500."""

from aws_cdk import CfnResource, Stack

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_RESOURCES = 500


class StackSizeError(Exception):
    """The stack has too many resources; the message is one sentence."""


def check_size(stack: Stack) -> None:
    """Raise StackSizeError about a stack that CloudFormation would not take."""
    count = sum(CfnResource.is_cfn_resource(node) for node in stack.node.find_all())
    if count > MAX_RESOURCES:
        raise StackSizeError(
            f"This stack would have {count} resources, CloudFormation takes {MAX_RESOURCES}: set "
            "quietAlarmHours to 0 (one for each application) or name fewer lakeReaders (five each) "
            "or applicationIds (four each), which can have a second stack with another stackName."
        )
