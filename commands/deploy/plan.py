"""What is to be deployed, and where: what every check of an account is given."""

from collections.abc import Callable
from dataclasses import dataclass

from commands.aws_session import Problem
from commands.deploy.account import Account
from commands.deploy.deploy_options import DeployOptions
from infra.deploy_settings import DeploySettings


@dataclass(frozen=True)
class Plan:
    """What is to be deployed, and where."""

    account: Account
    options: DeployOptions
    settings: DeploySettings
    stack: str

    @property
    def place(self) -> str:
        """Name the account and the region."""
        return f"account {self.account.id}, {self.account.region}"


Check = Callable[[Plan], Problem | None]
