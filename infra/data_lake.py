"""Destination `lake`: events as Parquet in S3, endpoints in DynamoDB, SQL with Athena."""

from aws_cdk import CfnOutput
from constructs import Construct

from infra.catalog import Catalog
from infra.deploy_settings import DeploySettings
from infra.endpoint_table import EndpointTable
from infra.function import PutEventsFunction
from infra.lake_bucket import KEPT, lake_bucket
from infra.lake_formation import LakeFormationGrants
from infra.log import Log
from infra.streams import EventStreams
from infra.workgroup import QueryWorkGroup


class Lake(Construct):
    """The bucket, delivery streams, tables and workgroup of the lake."""

    def __init__(self, scope: Construct, id: str, *, name: str, settings: DeploySettings) -> None:
        super().__init__(scope, id)
        self._endpoint_reads = settings.endpoint_reads
        self.bucket = lake_bucket(self, settings)
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
        if settings.lake_formation:
            LakeFormationGrants(
                self,
                "Formation",
                catalog=catalog,
                streams=self.streams,
                readers=settings.lake_readers,
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
        """Allow both functions to write events and endpoints, and the API to delete if asked."""
        for function in (api_function, queue_function):
            self.streams.grant_put_records(function)
            self.endpoints.grant_update(function)
            function.add_environment("ENDPOINT_TABLE", self.endpoints.table_name)
            function.add_environment("EVENT_STREAM_PREFIX", self.streams.prefix)
            function.add_environment("REJECTED_STREAM", self.streams.rejected)
        if self._endpoint_reads:
            self.endpoints.grant_delete(api_function)
