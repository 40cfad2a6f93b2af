"""The Firehose delivery streams: one per application, and one for rejected events."""

from typing import Any

from aws_cdk import Aws, Duration, RemovalPolicy, Size, Stack
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.catalog import Catalog
from infra.deploy_settings import DeploySettings
from infra.function import PutEventsFunction

# The same ARN as CloudFormation and as cdk-nag spell it.
_STREAMS = f"arn:{Aws.PARTITION}:firehose:{Aws.REGION}:{Aws.ACCOUNT_ID}:deliverystream"
_STREAMS_IN_NAG = "arn:<AWS::Partition>:firehose:<AWS::Region>:<AWS::AccountId>:deliverystream"
# Turns off the CDK's log per stream; `Any` because the stub lacks an optional member.
_NO_LOGGING: Any = firehose.DisableLogging()
_DAY = "day=!{timestamp:yyyy-MM-dd}/"


class EventStreams(Construct):
    """One stream per application, so each has its own folder in S3 and its own throughput.

    Dynamic partitioning of one stream would cost extra per GB, and records beyond its limit of
    open partitions would go to the error prefix.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        bucket: s3.Bucket,
        catalog: Catalog,
        log: logs.ILogGroup,
        settings: DeploySettings,
    ) -> None:
        super().__init__(scope, id)
        self._bucket, self._log = bucket, log
        self._log_stream = logs.LogStream(
            self, "LogStream", log_group=log, removal_policy=RemovalPolicy.DESTROY
        )
        self._buffer = Duration.seconds(settings.lake_buffer_seconds)
        self._role = iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal("firehose.amazonaws.com")
        )
        log.grant_write(self._role)
        # The functions build stream names from this prefix: see putevents.settings.
        self.prefix = f"{name}-"
        self.events = {
            application_id: self._stream(
                f"Events-{application_id}",
                f"events/application_id={application_id}/",
                catalog.raw_events,
                f"{self.prefix}{application_id}",
            )
            for application_id in settings.application_ids
        }
        self.rejected_stream = self._stream("Rejected", "rejected/", catalog.rejected_events)
        self.rejected = self.rejected_stream.delivery_stream_name
        # The CDK's mapping of addresses for VPC destinations; unused, it causes a warning.
        Stack.of(self).node.try_remove_child("@aws-cdk--aws-kinesisfirehose.CidrBlocks")
        self._explain()

    def grant_put_records(self, function: PutEventsFunction) -> None:
        """Allow a function to put records into these streams."""
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["firehose:PutRecordBatch"],
                # One pattern: an ARN per application would exceed the size limit of the policy.
                resources=[f"{_STREAMS}/{self.prefix}*", self.rejected_stream.delivery_stream_arn],
            )
        )
        acknowledge(
            function.own_role,
            f"IAM5[Resource::{_STREAMS_IN_NAG}/{self.prefix}*]",
            "Only this stack's streams match: its name is unique in the account and region.",
        )

    def _stream(
        self, id: str, folder: str, table: glue.CfnTable, name: str | None = None
    ) -> firehose.DeliveryStream:
        conversion = firehose.DataFormatConversionProps(
            schema_configuration=firehose.SchemaConfiguration.from_cfn_table(table),
            # Lower-casing would also change the clients' attribute keys.
            input_format=firehose.OpenXJsonInputFormat(lowercase_column_names=False),
            output_format=firehose.OutputFormat.PARQUET,
        )
        stream = firehose.DeliveryStream(
            self,
            id,
            delivery_stream_name=name,
            role=self._role,
            encryption=firehose.StreamEncryption.aws_owned_key(),
            destination=firehose.S3Bucket(
                self._bucket,
                role=self._role,
                data_output_prefix=f"{folder}{_DAY}",
                # Firehose stores records that it cannot convert here, as base64 in JSON.
                error_output_prefix=f"errors/!{{firehose:error-output-type}}/{folder}{_DAY}",
                buffering_interval=self._buffer,
                buffering_size=Size.mebibytes(128),
                data_format_conversion=conversion,
                logging_config=_NO_LOGGING,
            ),
        )
        stream.node.default_child.add_property_override(  # type: ignore[union-attr]
            "ExtendedS3DestinationConfiguration.CloudWatchLoggingOptions",
            {
                "Enabled": True,
                "LogGroupName": self._log.log_group_name,
                "LogStreamName": self._log_stream.log_stream_name,
            },
        )
        return stream

    def _explain(self) -> None:
        bucket = Stack.of(self).get_logical_id(self._bucket.node.default_child)  # type: ignore[arg-type]
        for action in ("Abort", "DeleteObject", "GetBucket", "GetObject", "List"):
            acknowledge(
                self._role, f"IAM5[Action::s3:{action}*]", "The CDK's own grant to a stream."
            )
        acknowledge(
            self._role,
            f"IAM5[Resource::<{bucket}.Arn>/*]",
            "Firehose chooses the names of the objects that it writes.",
        )
        acknowledge(
            self._role,
            "IAM5[Resource::*]",
            "Only glue:GetSchemaVersion, which the CDK grants for reading a table's schema.",
        )
