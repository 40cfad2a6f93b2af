"""The AWS account and region that a deploy will go to, asked with short timeouts."""

from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from commands.aws_session import ProblemError, find_session, problem_of
from commands.deploy.deploy_options import DeployOptions

_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})


@dataclass(frozen=True)
class Account:
    """An account and region that answered."""

    session: boto3.Session
    id: str
    region: str

    def client(self, service: str) -> Any:
        """Return a client of a service, here."""
        return client(self.session, service, self.region)


def client(session: boto3.Session, service: str, region: str) -> Any:
    """Return a client that gives up after seconds."""
    return session.client(service, region_name=region, config=_CONFIG)


def find_account(options: DeployOptions) -> Account:
    """Ask AWS who is calling; raises ProblemError."""
    session = find_session(options.profile, options.region)
    region = session.region_name
    try:
        caller = client(session, "sts", region).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise ProblemError(problem_of(error, session.profile_name)) from None
    return Account(session, caller["Account"], region)
