"""The AWS account and region that a deploy will go to, asked with short timeouts."""

import os
from dataclasses import dataclass
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from commands.deploy.deploy_options import DeployOptions

_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})
# As the CDK looks for the region. boto3 knows the second of them only.
_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")


class Problem(NamedTuple):
    """What is missing, in a sentence, and the commands of which any mends it."""

    sentence: str
    commands: tuple[str, ...]


class ProblemError(Exception):
    """There is a problem over which nothing further can be asked."""

    def __init__(self, sentence: str, *commands: str) -> None:
        super().__init__(sentence)
        self.problem = Problem(sentence, commands)


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
    try:
        session = boto3.Session(profile_name=options.profile)
        region = _region(session, options)
        caller = client(session, "sts", region).get_caller_identity()
    except ProfileNotFound as error:
        raise ProblemError(f"{error}.", "aws configure list-profiles") from None
    except (NoCredentialsError, PartialCredentialsError):
        raise ProblemError(
            "There are no AWS credentials here.", "aws configure sso", "aws configure"
        ) from None
    except (SSOError, TokenRetrievalError) as error:
        raise ProblemError(
            f"The session of AWS IAM Identity Center has ended: {error}",
            f"aws sso login{_profile(session)}",
        ) from None
    except ClientError as error:
        raise ProblemError(
            f"AWS does not accept the credentials: {error}",
            f"aws sts get-caller-identity{_profile(session)}",
        ) from None
    except BotoCoreError as error:
        raise ProblemError(
            f"AWS cannot be asked who is calling: {error}",
            f"aws sts get-caller-identity{_profile(session)}",
        ) from None
    return Account(session, caller["Account"], region)


def _region(session: boto3.Session, options: DeployOptions) -> str:
    given = [os.environ[name] for name in _REGION_VARIABLES if os.environ.get(name)]
    if options.region or given:
        return options.region or given[0]
    if session.region_name:
        return str(session.region_name)
    # The CDK would deploy to us-east-1 then, without a word.
    raise ProblemError("No region is chosen.", "export AWS_REGION=eu-west-1")


def _profile(session: boto3.Session) -> str:
    return "" if session.profile_name == "default" else f" --profile {session.profile_name}"
