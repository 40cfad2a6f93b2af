"""Destination `lake`: events as Parquet in S3, endpoints in DynamoDB, SQL with Athena."""

from aws_cdk import CfnOutput, Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.catalog import Catalog
from infra.deploy_settings import DeploySettings
from infra.endpoint_table import EndpointTable
from infra.function import PutEventsFunction
from infra.log import Log
from infra.streams import EventStreams
from infra.workgroup import QueryWorkGroup

# Deleting the stack must not delete stored events and endpoints.
KEPT = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
REJECTED_DAYS = 90
RESULT_DAYS = 7


class Lake(Construct):
    """The bucket, delivery streams, tables and workgroup of the lake."""

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
        self.endpoints = EndpointTable(self, "Endpoints", settings=settings, removal_policy=KEPT)
        workgroup = QueryWorkGroup(
            self, "Queries", name=name, bucket=self.bucket, catalog=catalog, settings=settings
        )
        CfnOutput(scope, "LakeBucket", value=self.bucket.bucket_name)
        CfnOutput(scope, "LakeDatabase", value=catalog.database)
        CfnOutput(scope, "LakeWorkGroup", value=workgroup.name)
        CfnOutput(scope, "EndpointTable", value=self.endpoints.table_name)

    def connect(self, api_function: PutEventsFunction, queue_function: PutEventsFunction) -> None:
        """Allow both functions to write events and endpoints, and the API to delete endpoints."""
        for function in (api_function, queue_function):
            self.streams.grant_put_records(function)
            self.endpoints.grant_update(function)
            function.add_environment("ENDPOINT_TABLE", self.endpoints.table_name)
            function.add_environment("EVENT_STREAM_PREFIX", self.streams.prefix)
            function.add_environment("REJECTED_STREAM", self.streams.rejected)
        self.endpoints.grant_delete(api_function)


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
        "An access log of every object that Athena reads would outgrow the events; CloudTrail's "
        "data events log reads where you need them.",
    )
    return bucket
