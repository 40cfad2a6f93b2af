"""Destination `lake`: events in S3 as Parquet, endpoints in DynamoDB, SQL over both kinds."""

from aws_cdk import CfnOutput, Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.catalog import Catalog
from infra.endpoint_table import EndpointTable
from infra.function import PutEventsFunction
from infra.log import Log
from infra.settings import DeploySettings
from infra.streams import EventStreams
from infra.workgroup import QueryWorkGroup

# Deleting a stack must not delete what a team was told is kept.
KEPT = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
REJECTED_DAYS = 90
RESULT_DAYS = 7


class Lake(Construct):
    """A home for what PutEvents brings, in this account; idle, it costs what it stores."""

    def __init__(self, scope: Construct, id: str, *, name: str, settings: DeploySettings) -> None:
        super().__init__(scope, id)
        self.bucket = _bucket(self, settings)
        catalog = Catalog(
            self, "Catalog", name=name, bucket=self.bucket, application_ids=settings.application_ids
        )
        self.streams = EventStreams(
            self,
            "Streams",
            name=name,
            bucket=self.bucket,
            catalog=catalog,
            log=Log(self, "StreamLog", settings=settings),
            settings=settings,
        )
        self.endpoints = EndpointTable(self, "Endpoints", removal_policy=KEPT)
        workgroup = QueryWorkGroup(
            self, "Queries", name=name, bucket=self.bucket, catalog=catalog, settings=settings
        )
        CfnOutput(scope, "LakeBucket", value=self.bucket.bucket_name)
        CfnOutput(scope, "LakeDatabase", value=catalog.database)
        CfnOutput(scope, "LakeWorkGroup", value=workgroup.name)
        CfnOutput(scope, "EndpointTable", value=self.endpoints.table_name)

    def connect(self, api_function: PutEventsFunction, queue_function: PutEventsFunction) -> None:
        """Let the functions write events and endpoints; only the API reads and deletes those."""
        for function in (api_function, queue_function):
            self.streams.let_write(function)
            self.endpoints.let_update(function)
            function.add_environment("ENDPOINT_TABLE", self.endpoints.table_name)
            function.add_environment("EVENT_STREAM_PREFIX", self.streams.prefix)
            function.add_environment("REJECTED_STREAM", self.streams.rejected)
        self.endpoints.let_delete(api_function)


def _bucket(scope: Construct, settings: DeploySettings) -> s3.Bucket:
    rules = [
        s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(7)),
        s3.LifecycleRule(prefix="rejected/", expiration=Duration.days(REJECTED_DAYS)),
        s3.LifecycleRule(prefix="athena-results/", expiration=Duration.days(RESULT_DAYS)),
    ]
    if settings.event_retention_days:
        expiration = Duration.days(settings.event_retention_days)
        rules.append(s3.LifecycleRule(prefix="events/", expiration=expiration))
    bucket = s3.Bucket(
        scope,
        "Bucket",
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        lifecycle_rules=rules,
        removal_policy=KEPT,
    )
    acknowledge(
        bucket,
        "S1",
        "Who reads it is told by CloudTrail's data events where a team wants to know; a log of "
        "every object that Athena opens would outgrow the events.",
    )
    return bucket
