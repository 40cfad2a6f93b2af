"""The lake's bucket: a new one, or one that an earlier deployment left."""

from aws_cdk import Annotations, Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledge import NIST, PCI, acknowledge
from infra.deploy_settings import DeploySettings
from infra.encryption import customer_key

# Deleting the stack must not delete stored events and endpoints.
KEPT = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
REJECTED_DAYS = 90
RESULT_DAYS = 7


def lake_bucket(scope: Construct, settings: DeploySettings) -> s3.IBucket:
    """Return the bucket in `existingLakeBucket`, or create one."""
    if settings.existing_lake_bucket is None:
        return _new(scope, settings)
    Annotations.of(scope).add_info(
        f"The bucket {settings.existing_lake_bucket} stays as it is: its policy, lifecycle and "
        "versioning are not this stack's. docs/lake-data.md says what to check."
    )
    return s3.Bucket.from_bucket_name(scope, "Bucket", settings.existing_lake_bucket)


def _new(scope: Construct, settings: DeploySettings) -> s3.Bucket:
    key = customer_key(scope, settings)
    bucket = s3.Bucket(
        scope,
        "Bucket",
        encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
        encryption_key=key,
        # S3 asks KMS for one key for many objects, and not for each.
        bucket_key_enabled=True if key else None,
        enforce_ssl=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        versioned=settings.lake_versioning > 0 or None,
        lifecycle_rules=_rules(settings),
        removal_policy=KEPT,
    )
    if bucket.policy:  # without it, a bucket that outlives the stack would take plain HTTP
        bucket.policy.apply_removal_policy(KEPT)
    _explain(bucket, settings)
    return bucket


def _explain(bucket: s3.Bucket, settings: DeploySettings) -> None:
    access_log = (
        "An access log is a line for each object that a query reads, in one more bucket; turn on "
        "CloudTrail's data events if you must know who read which object."
    )
    acknowledge(bucket, "S1", access_log)
    acknowledge(bucket, "S3BucketLoggingEnabled", access_log, [NIST, PCI])
    acknowledge(
        bucket,
        "S3BucketReplicationEnabled",
        "S3 keeps each object in three zones of the region; a copy elsewhere costs as much again "
        "and would have to forget a person too. You can add a rule to the bucket.",
        [NIST, PCI],
    )
    if not settings.lake_versioning:
        acknowledge(
            bucket,
            "S3BucketVersioningEnabled",
            "By default a deleted file is gone, as a person who wants to be forgotten expects; "
            "lakeVersioning keeps deleted files for as many days as you like.",
            [NIST, PCI],
        )
    if settings.encryption == "aws-managed":
        acknowledge(
            bucket,
            "S3DefaultEncryptionKMS",
            "S3 encrypts with keys of its own; encryption=customer has a KMS key of yours do it.",
            [NIST, PCI],
        )


def _rules(settings: DeploySettings) -> list[s3.LifecycleRule]:
    rules = [
        s3.LifecycleRule(
            abort_incomplete_multipart_upload_after=Duration.days(7),
            # Also with versioning off: it may have been on, and versions from then would stay.
            noncurrent_version_expiration=Duration.days(max(1, settings.lake_versioning)),
        ),
        # Of a deleted file, once its versions are gone, the mark that it was deleted.
        s3.LifecycleRule(expired_object_delete_marker=True),
        s3.LifecycleRule(prefix="rejected/", expiration=Duration.days(REJECTED_DAYS)),
        s3.LifecycleRule(prefix="athena-results/", expiration=Duration.days(RESULT_DAYS)),
    ]
    if settings.event_retention_days:
        expiration = Duration.days(settings.event_retention_days)
        rules.append(s3.LifecycleRule(prefix="events/", expiration=expiration))
    return rules
