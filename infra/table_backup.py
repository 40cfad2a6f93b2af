"""Daily backups of the endpoint table by AWS Backup, in a vault that outlives the stack."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.acknowledge import acknowledge

_POLICY = "service-role/AWSBackupServiceRolePolicyForBackup"


class TableBackup(Construct):
    """A backup every night, kept for some days. Point-in-time recovery ends after 35 days."""

    def __init__(self, scope: Construct, id: str, *, table: dynamodb.ITable, days: int) -> None:
        super().__init__(scope, id)
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(_POLICY)],
        )
        vault = backup.BackupVault(
            self,
            "Vault",
            # A vault must have a name, and stays when backups are turned off or the stack is
            # deleted, so the next one needs another name. The role comes and goes with the backups,
            # and IAM gives each role an id that no other ever had.
            backup_vault_name=f"putevents-{role.role_id}",
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        plan = backup.BackupPlan(self, "Plan", backup_vault=vault)
        plan.add_rule(
            backup.BackupPlanRule(
                rule_name="daily",
                schedule_expression=events.Schedule.cron(hour="3", minute="0"),
                delete_after=Duration.days(days),
            )
        )
        plan.add_selection(
            "Table",
            resources=[backup.BackupResource.from_dynamo_db_table(table)],
            role=role,
            disable_default_backup_policy=True,
        )
        acknowledge(
            role,
            f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_POLICY}]",
            "The policy that AWS keeps for AWS Backup; no function has this role.",
        )
