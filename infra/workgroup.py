"""The Athena workgroup of the lake, and the named queries that replace Pinpoint's charts."""

from aws_cdk import aws_athena as athena
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.catalog import Catalog
from infra.deploy_settings import DeploySettings
from infra.encryption import customer_key
from infra.queries import named_queries

_GIGABYTE = 10**9


class QueryWorkGroup(Construct):
    """A workgroup with a result folder and a limit on the bytes that a query reads."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        bucket: s3.IBucket,
        catalog: Catalog,
        settings: DeploySettings,
    ) -> None:
        super().__init__(scope, id)
        self.name = name
        key = customer_key(self, settings)
        group = athena.CfnWorkGroup(
            self,
            "WorkGroup",
            name=name,
            recursive_delete_option=True,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                bytes_scanned_cutoff_per_query=settings.query_limit_gb * _GIGABYTE,
                publish_cloud_watch_metrics_enabled=True,
                engine_version=athena.CfnWorkGroup.EngineVersionProperty(
                    selected_engine_version="Athena engine version 3"
                ),
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=f"s3://{bucket.bucket_name}/athena-results/",
                    encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                        encryption_option="SSE_KMS" if key else "SSE_S3",
                        kms_key=key.key_arn if key else None,
                    ),
                ),
            ),
        )
        for query in named_queries():
            named = athena.CfnNamedQuery(
                self,
                query.file,
                database=catalog.database,
                name=query.name,
                description=query.description,
                query_string=query.sql,
                work_group=name,
            )
            named.node.add_dependency(group, catalog)
