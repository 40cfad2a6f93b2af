"""The Firehose delivery streams: one per application, and one for rejected events."""

from typing import Any

from aws_cdk import Aws, Duration, RemovalPolicy, Size, Stack
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct, IDependable

from infra.acknowledge import acknowledge
from infra.catalog import Catalog
from infra.deploy_settings import DeploySettings
from infra.function import PutEventsFunction
from infra.names import event_stream, stream_prefix
from infra.stream_role import StreamRole

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
        bucket: s3.IBucket,
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
        self.role = StreamRole(
            self, "Role", bucket=bucket, catalog=catalog, log=log, settings=settings
        )
        # The functions build stream names from this prefix: see putevents.settings.
        self.prefix = stream_prefix(name)
        self.events = {
            application_id: self._stream(
                f"Events-{application_id}",
                f"events/application_id={application_id}/",
                catalog.raw_events,
                event_stream(name, application_id),
            )
            for application_id in settings.application_ids
        }
        self.rejected_stream = self._stream("Rejected", "rejected/", catalog.rejected_events)
        self.rejected = self.rejected_stream.delivery_stream_name
        # The CDK's mapping of addresses for VPC destinations; unused, it causes a warning.
        Stack.of(self).node.try_remove_child("@aws-cdk--aws-kinesisfirehose.CidrBlocks")

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
            "No other gateway's streams match, as no stack's name holds a dot; an ARN for each of "
            "75 applications would exceed the size limit of a policy.",
        )

    def wait_for(self, *others: IDependable) -> None:
        """Create the streams after other constructs."""
        for stream in (*self.events.values(), self.rejected_stream):
            stream.node.add_dependency(*others)

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
            role=self.role.as_given,
            encryption=firehose.StreamEncryption.aws_owned_key(),
            destination=firehose.S3Bucket(
                self._bucket,
                role=self.role.as_given,
                data_output_prefix=f"{folder}{_DAY}",
                # Firehose stores records that it cannot convert here, as base64 in JSON.
                error_output_prefix=f"errors/!{{firehose:error-output-type}}/{folder}{_DAY}",
                buffering_interval=self._buffer,
                buffering_size=Size.mebibytes(128),
                data_format_conversion=conversion,
                logging_config=_NO_LOGGING,
            ),
        )
        # Firehose looks at the bucket and the table when a stream is created.
        stream.node.add_dependency(self.role.node.find_child("DefaultPolicy"))
        stream.node.default_child.add_property_override(  # type: ignore[union-attr]
            "ExtendedS3DestinationConfiguration.CloudWatchLoggingOptions",
            {
                "Enabled": True,
                "LogGroupName": self._log.log_group_name,
                "LogStreamName": self._log_stream.log_stream_name,
            },
        )
        return stream
