"""The lake's bucket: a new one, or one that an earlier deployment left."""

from aws_cdk import Annotations, Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.deploy_settings import DeploySettings

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
        "versioning are not this stack's. docs/lake.md says what to check."
    )
    return s3.Bucket.from_bucket_name(scope, "Bucket", settings.existing_lake_bucket)


def _new(scope: Construct, settings: DeploySettings) -> s3.Bucket:
    bucket = s3.Bucket(
        scope,
        "Bucket",
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        versioned=settings.lake_versioning > 0 or None,
        lifecycle_rules=_rules(settings),
        removal_policy=KEPT,
    )
    if bucket.policy:  # without it, a bucket that outlives the stack would take plain HTTP
        bucket.policy.apply_removal_policy(KEPT)
    acknowledge(
        bucket,
        "S1",
        "An access log of every object that Athena reads would outgrow the events; CloudTrail's "
        "data events log reads where you need them.",
    )
    return bucket


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
