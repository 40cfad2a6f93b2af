"""Grants for an account whose Glue catalog Lake Formation governs: IAM alone opens no table there.

Each grant is a resource with one permission: CloudFormation fails over several in one
(https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1323).
"""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_glue as glue
from aws_cdk import aws_lakeformation as lakeformation
from constructs import Construct

from infra.catalog import Catalog
from infra.streams import EventStreams

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
        self._catalog = catalog
        # Firehose reads the schema when a stream is created, so the grants come first.
        firehose = streams.role.role_arn
        before = [
            self._grant("StreamDatabase", firehose, "DESCRIBE", self._database()),
            self._grant("StreamEvents", firehose, "DESCRIBE", self._table(catalog.raw_events)),
            self._grant(
                "StreamRejected", firehose, "DESCRIBE", self._table(catalog.rejected_events)
            ),
        ]
        streams.wait_for(*before)
        for number, reader in enumerate(readers):
            self._grant(f"Database{number}", reader, "DESCRIBE", self._database())
            self._grant(f"Describe{number}", reader, "DESCRIBE", self._table(None))
            self._grant(f"Select{number}", reader, "SELECT", self._table(None))

    def _grant(
        self, id: str, principal: str, permission: str, resource: _Permissions.ResourceProperty
    ) -> _Permissions:
        grant = _Permissions(
            self,
            id,
            principal=_Permissions.DataLakePrincipalProperty(
                data_lake_principal_identifier=principal
            ),
            resource=resource,
            permissions=[permission],
            permissions_with_grant_option=[],
        )
        grant.node.add_dependency(self._catalog)
        return grant

    def _database(self) -> _Permissions.ResourceProperty:
        return _Permissions.ResourceProperty(
            database=_Permissions.DatabaseResourceProperty(
                catalog_id=Aws.ACCOUNT_ID, name=self._catalog.database
            )
        )

    def _table(self, table: glue.CfnTable | None) -> _Permissions.ResourceProperty:
        """A table, or all tables and views of the database."""
        which: dict[str, Any] = {"name": table.ref} if table else {"table_wildcard": {}}
        return _Permissions.ResourceProperty(
            table=_Permissions.TableResourceProperty(
                catalog_id=Aws.ACCOUNT_ID, database_name=self._catalog.database, **which
            )
        )
