"""The role that Firehose writes with: what AWS's page lists, and nothing more."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledge import INLINE, NIST, PCI, acknowledge
from infra.catalog import Catalog
from infra.deploy_settings import DeploySettings
from infra.encryption import let_write_objects

# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
ON_BUCKET = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
ON_OBJECTS = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
# The same page, #using-iam-glue.
ON_TABLES = ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"]


class StreamRole(iam.Role):
    """The role of all delivery streams; `as_given` is the same one, which the CDK cannot widen.

    The CDK grants a stream `s3:DeleteObject*` on the whole bucket.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket: s3.IBucket,
        catalog: Catalog,
        log: logs.ILogGroup,
        settings: DeploySettings,
    ) -> None:
        super().__init__(scope, id, assumed_by=iam.ServicePrincipal("firehose.amazonaws.com"))
        self._allow(ON_BUCKET, [bucket.bucket_arn])
        self._allow(ON_OBJECTS, [bucket.arn_for_objects("*")])
        self._allow(ON_TABLES, self._tables(catalog))
        self._allow(["logs:PutLogEvents"], [log.log_group_arn])
        if settings.existing_lake_bucket is None:
            let_write_objects(self, settings, self)
        self.as_given = self.without_policy_updates()
        acknowledge(
            self,
            f"IAM5[Resource::{_in_nag(bucket)}/*]",
            "Firehose chooses the names of the objects that it writes.",
        )
        acknowledge(self, "IAMNoInlinePolicy", INLINE, [NIST, PCI])

    def _allow(self, actions: list[str], resources: list[str]) -> None:
        self.add_to_policy(iam.PolicyStatement(actions=actions, resources=resources))

    def _tables(self, catalog: Catalog) -> list[str]:
        stack = Stack.of(self)
        names = [catalog.raw_events.ref, catalog.rejected_events.ref]
        return [
            stack.format_arn(service="glue", resource="catalog"),
            stack.format_arn(service="glue", resource="database", resource_name=catalog.database),
            *(
                stack.format_arn(
                    service="glue", resource="table", resource_name=f"{catalog.database}/{name}"
                )
                for name in names
            ),
        ]


def _in_nag(bucket: s3.IBucket) -> str:
    """The bucket's ARN as cdk-nag spells it: of one of this stack's, or of an imported one."""
    child = bucket.node.default_child
    if child is None:
        return f"arn:<AWS::Partition>:s3:::{bucket.bucket_name}"
    return f"<{Stack.of(bucket).get_logical_id(child)}.Arn>"  # type: ignore[arg-type]
