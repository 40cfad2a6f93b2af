"""The session that calls AWS, and what to do if it cannot: one sentence, one command."""

import os
from typing import NamedTuple

import boto3
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

# As the CDK looks for the region. boto3 knows the second of them only.
_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
# What the services say of credentials that have ended, or that AWS does not know.
_NOT_ACCEPTED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_OF_CALLER = (
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)


class Problem(NamedTuple):
    """What is missing, in a sentence, and the commands of which any mends it."""

    sentence: str
    commands: tuple[str, ...]

    def __str__(self) -> str:
        """The sentence, and the commands below it."""
        return "\n".join([self.sentence, "\n  or\n".join(f"    {line}" for line in self.commands)])


class ProblemError(Exception):
    """There is a problem over which nothing further can be asked."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


_NO_REGION = Problem("No region is chosen.", ("export AWS_REGION=eu-west-1",))
_NO_CREDENTIALS = Problem(
    "There are no AWS credentials here.", ("aws configure sso", "aws configure")
)


def find_session(profile: str | None = None, region: str | None = None) -> boto3.Session:
    """Return a session in the region that the CDK would take; raises ProblemError."""
    given = [os.environ[name] for name in _REGION_VARIABLES if os.environ.get(name)]
    try:
        session = boto3.Session(profile_name=profile, region_name=region or next(iter(given), None))
    except ProfileNotFound as error:
        raise ProblemError(problem_of(error)) from None
    if session.region_name is None:  # the CDK would take us-east-1 then, without a word
        raise ProblemError(_NO_REGION)
    return session


def problem_of(error: BotoCoreError | ClientError, profile: str | None = None) -> Problem:
    """Say what is wrong when AWS could not be asked, or did not accept who asks."""
    option = f" --profile {profile}" if profile and profile != "default" else ""
    who = (f"aws sts get-caller-identity{option}",)
    match error:
        case ProfileNotFound():
            return Problem(f"{error}.", ("aws configure list-profiles",))
        case NoRegionError():
            return _NO_REGION
        case NoCredentialsError() | PartialCredentialsError():
            return _NO_CREDENTIALS
        case SSOError() | TokenRetrievalError():
            sentence = f"The session of AWS IAM Identity Center has ended: {error}"
            return Problem(sentence, (f"aws sso login{option}",))
        case ClientError():
            return Problem(f"AWS does not accept the credentials: {error}", who)
        case _:
            return Problem(f"AWS cannot be asked who is calling: {error}", who)


def is_about_caller(error: BotoCoreError | ClientError) -> bool:
    """Whether an error of any call is one of credentials or region, not of what was asked."""
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] in _NOT_ACCEPTED
    return isinstance(error, _OF_CALLER)
