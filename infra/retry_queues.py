"""The queue of what is to be delivered, and the queue of what could not be."""

from typing import NamedTuple

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledge import SERVERLESS, acknowledge
from infra.deploy_settings import DeploySettings
from infra.encryption import customer_key

VISIBILITY_TIMEOUT = Duration.seconds(6 * 60)  # AWS recommends six times the function's timeout
# The queue function dead-letters after four days. This limit is for messages that crash it.
MAX_RECEIVE_COUNT = 80


class Queues(NamedTuple):
    """The stack's two queues."""

    retry: sqs.Queue
    dead_letters: sqs.Queue


def add_queues(scope: Construct, settings: DeploySettings) -> Queues:
    """Create the queues; what the first gives up goes to the second."""
    dead_letters = _queue(scope, "DeadLetterQueue", settings)
    acknowledge(
        dead_letters,
        "SQSRedrivePolicy",
        "This is the dead-letter queue: an alarm rings as long as a message is in it, and "
        "`make redrive` sends it back.",
        [SERVERLESS],
    )
    last = sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=MAX_RECEIVE_COUNT)
    return Queues(_queue(scope, "Queue", settings, dead_letter_queue=last), dead_letters)


def _queue(
    scope: Construct,
    id: str,
    settings: DeploySettings,
    *,
    dead_letter_queue: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    key = customer_key(scope, settings)
    queue = sqs.Queue(
        scope,
        id,
        encryption=sqs.QueueEncryption.UNENCRYPTED if key else sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(14),
        visibility_timeout=VISIBILITY_TIMEOUT,
        max_message_size_bytes=1024 * 1024,
        dead_letter_queue=dead_letter_queue,
        removal_policy=RemovalPolicy[settings.removal_policy.upper()],
    )
    resource = queue.node.default_child
    if key and isinstance(resource, sqs.CfnQueue):
        # Not told to the CDK, which would grant senders more: see infra.encryption.
        resource.kms_master_key_id = key.key_arn
    return queue
