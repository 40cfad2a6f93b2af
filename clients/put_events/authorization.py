"""What each value of `auth` adds to a request."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import click
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError
from botocore.session import Session

from clients.put_events.options import Options

Authorize = Callable[[AWSRequest], None]


def authorization(options: Options, session: Session) -> Authorize:
    """What makes a request one that the gateway lets in; raises UsageError or BotoCoreError."""
    match options.auth:
        case "iam":
            return _sign(session, options.region or _region(options.url, session))
        case "cognito":
            return _add_header("Authorization", options.token, "--auth cognito needs --token")
        case "api-key":
            return _add_header("x-api-key", options.api_key, "--auth api-key needs --api-key")
        case _:
            return lambda _: None


def _sign(session: Session, region: str) -> Authorize:
    credentials = session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    credentials.get_frozen_credentials()  # if they have expired, that is told before any sending

    def authorize(request: AWSRequest) -> None:
        SigV4Auth(credentials.get_frozen_credentials(), "execute-api", region).add_auth(request)

    return authorize


def _region(url: str, session: Session) -> str:
    found = re.search(r"\.execute-api(?:-fips)?\.([a-z0-9-]+)\.", urlsplit(url).netloc)
    region = found[1] if found else session.get_config_variable("region")
    if not region:
        raise click.UsageError("The URL does not tell the region: --auth iam needs --region.")
    return str(region)


def _add_header(name: str, value: str | None, otherwise: str) -> Authorize:
    text = (value or "").strip()
    if not text:
        raise click.UsageError(f"{otherwise}.")

    def authorize(request: AWSRequest) -> None:
        request.headers[name] = text

    return authorize
