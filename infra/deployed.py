"""The stack as it is deployed where the credentials and region of the environment lead to."""

import boto3

STACK = "PutEventsGateway"


def outputs(stack: str) -> dict[str, str]:
    """What the stack says of itself, such as `QueueUrl` and `DeadLetterQueueUrl`."""
    [found] = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
