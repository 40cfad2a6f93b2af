"""Grants for an account whose Glue catalog Lake Formation governs: IAM alone opens no table there.

All are on tables: who creates a table may grant it, which AWS does not say of a database
(https://docs.aws.amazon.com/lake-formation/latest/dg/implicit-permissions.html). Each is a resource
with one permission: CloudFormation fails over several in one
(https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1323).
"""

from collections.abc import Sequence
from hashlib import sha256

from aws_cdk import Aws
from aws_cdk import aws_glue as glue
from aws_cdk import aws_lakeformation as lakeformation
from constructs import Construct

from infra.catalog import Catalog
from infra.streams import EventStreams

_DIGEST = 16  # characters of a hash
_Permissions = lakeformation.CfnPrincipalPermissions


class LakeFormationGrants(Construct):
    """Firehose may read the schemas of its tables, and the readers every table and view."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        catalog: Catalog,
        streams: EventStreams,
        readers: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        firehose = streams.role.role_arn
        # Firehose reads the schema when a stream is created, so these come first.
        streams.wait_for(
            self._grant("StreamEvents", firehose, "DESCRIBE", catalog.raw_events),
            self._grant("StreamRejected", firehose, "DESCRIBE", catalog.rejected_events),
        )
        for reader in readers:
            # CloudFormation replaces a grant whose reader changes: it grants first and revokes
            # afterwards. So a reader keeps its grants wherever it stands in the list.
            digest = sha256(reader.encode()).hexdigest()[:_DIGEST]
            for table in catalog.all_tables:
                self._grant(f"Reader{digest}{table.node.id}", reader, "SELECT", table)

    def _grant(
        self, id: str, principal: str, permission: str, table: glue.CfnTable
    ) -> _Permissions:
        return _Permissions(
            self,
            id,
            principal=_Permissions.DataLakePrincipalProperty(
                data_lake_principal_identifier=principal
            ),
            resource=_Permissions.ResourceProperty(
                table=_Permissions.TableResourceProperty(
                    catalog_id=Aws.ACCOUNT_ID, database_name=table.database_name, name=table.ref
                )
            ),
            permissions=[permission],
            permissions_with_grant_option=[],
        )
