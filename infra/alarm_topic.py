"""Whom the alarms tell: an SNS topic of your own, a new one with an e-mail address, or nobody."""

from aws_cdk import Annotations, Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.acknowledge import SERVERLESS, acknowledge
from infra.deploy_settings import DeploySettings
from infra.encryption import customer_key
from infra.settings.alarm_settings import NO_RECIPIENT


def alarm_topic(scope: Construct, settings: DeploySettings) -> sns.ITopic | None:
    """Return the topic that the settings ask for; without one, warn that nobody is told."""
    if settings.alarm_topic_arn:
        return sns.Topic.from_topic_arn(scope, "ExistingTopic", settings.alarm_topic_arn)
    if settings.alarm_email:
        return _new_topic(scope, settings.alarm_email, customer_key(scope, settings))
    Annotations.of(scope).add_warning_v2("putevents:alarms-without-recipient", NO_RECIPIENT)
    return None


def _new_topic(scope: Construct, email: str, key: kms.Key | None) -> sns.Topic:
    """Create an encrypted topic; CloudWatch can publish to it only with a key of our own."""
    cloudwatch_here = iam.ServicePrincipal(
        "cloudwatch.amazonaws.com",
        conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
    )
    key = key or kms.Key(
        scope, "Key", enable_key_rotation=True, removal_policy=RemovalPolicy.DESTROY
    )
    topic = sns.Topic(scope, "Topic", master_key=key, enforce_ssl=True)
    topic.grant_publish(cloudwatch_here)
    topic.add_subscription(subscriptions.EmailSubscription(email))
    acknowledge(
        topic,
        "SNSRedrivePolicy",
        "The only subscriber is a person's mailbox: CloudWatch still shows an alarm whose mail was "
        "lost, and nobody would read a queue of lost mails.",
        [SERVERLESS],
    )
    return topic
