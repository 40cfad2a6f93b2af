"""The options that say where a gateway is, and what each `--auth` adds to a request."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import click
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError
from botocore.session import Session

from commands.ignored_options import reject_ignored

Authorize = Callable[[AWSRequest], None]
_HOST = r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+"
_HERE = 'A gateway on this machine asks for none: --auth none, with make OPTIONS="--auth none".'


@dataclass(frozen=True, kw_only=True)
class Target:
    """A gateway's address, and what the caller has to get in."""

    url: str
    auth: str
    token: str | None
    api_key: str | None
    region: str | None
    profile: str | None


# What each option of an `auth` is for.
_ONLY_FOR = {
    "token": ("cognito", "jwt"),
    "api_key": ("api-key",),
    "profile": ("iam",),
    "region": ("iam",),
}


def check_url(_: click.Context, __: click.Parameter, url: str | None) -> str | None:
    """Validate a base URL that paths can be added to."""
    try:
        parts = urlsplit(url or "https://unset")
        host = re.fullmatch(_HOST, parts.hostname or "")
        usable = parts.scheme in ("http", "https") and host and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment:
        raise click.BadParameter("it should be like https://host/path.")
    if "/v1/apps" in parts.path:
        raise click.BadParameter("it should end before /v1/apps, which the command adds.")
    return url


def is_this_machine(url: str) -> bool:
    """Whether a URL leads to this machine, where `make run` asks for no authorization."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


# fmt: off
_OPTIONS = [
    click.option("--url", envvar="PUT_EVENTS_URL", show_envvar=True, callback=check_url,
                 help="The ApiUrl of the stack, or http://127.0.0.1:8080."),
    click.option("--auth", type=click.Choice(["iam", "cognito", "jwt", "api-key", "none"]),
                 default="iam", show_default=True, envvar="PUT_EVENTS_AUTH", show_envvar=True,
                 help="What the gateway was deployed with."),
    click.option("--token", envvar="PUT_EVENTS_TOKEN", show_envvar=True,
                 help="For --auth cognito and jwt."),
    click.option("--api-key", envvar="PUT_EVENTS_API_KEY", show_envvar=True,
                 help="For --auth api-key."),
    click.option("--profile", help="Where the credentials for --auth iam are."),
    click.option("--region",
                 help="For --auth iam.  [default: the one in the URL, or configured]"),
]
# fmt: on


def target_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a Target to a command."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def target(given: dict[str, Any], *, calls_aws: bool = False) -> Target:
    """Take the options of a Target out of all that Click has read; raises UsageError.

    A command that `calls_aws` beside the gateway needs the profile and region whatever the auth is.
    """
    if not given["url"]:
        raise click.UsageError("Missing option '--url' (or PUT_EVENTS_URL).")
    ignored = {name for name, auths in _ONLY_FOR.items() if given["auth"] not in auths}
    if calls_aws:
        ignored -= {"profile", "region"}
    reject_ignored(f"with --auth {given['auth']}.", *ignored)
    return Target(**{name: given.pop(name) for name in Target.__dataclass_fields__})


def authorization(options: Target, session: Session) -> Authorize:
    """Return what adds the authorization to a request; raises UsageError or BotoCoreError."""
    match options.auth:
        case "iam":
            try:
                return _sign(session, options.region or _region(options.url, session))
            except (NoCredentialsError, click.UsageError) as error:
                if not is_this_machine(options.url):
                    raise
                raise click.UsageError(f"{str(error).rstrip('.')}. {_HERE}") from None
        case "cognito":
            return _add_header("Authorization", options.token, "--auth cognito needs --token")
        case "jwt":
            bearer = options.token and f"Bearer {_without_scheme(options.token)}"
            return _add_header("Authorization", bearer, "--auth jwt needs --token")
        case "api-key":
            return _add_header("x-api-key", options.api_key, "--auth api-key needs --api-key")
        case _:
            return lambda _: None


def _sign(session: Session, region: str) -> Authorize:
    credentials = session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    credentials.get_frozen_credentials()  # expired ones fail before anything is sent

    def authorize(request: AWSRequest) -> None:
        SigV4Auth(credentials.get_frozen_credentials(), "execute-api", region).add_auth(request)

    return authorize


def region_of(url: str) -> str | None:
    """The region in the name of an API of API Gateway."""
    found = re.search(r"\.execute-api(?:-fips)?\.([a-z0-9-]+)\.", urlsplit(url).netloc)
    return found[1] if found else None


def _region(url: str, session: Session) -> str:
    region = region_of(url) or session.get_config_variable("region")
    if not region:
        raise click.UsageError("The URL does not tell the region: --auth iam needs --region.")
    return str(region)


def _without_scheme(token: str) -> str:
    """Return a token that may have been copied with what stands before it in the header."""
    scheme, _, rest = token.strip().partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else token.strip()


def _add_header(name: str, value: str | None, otherwise: str) -> Authorize:
    text = (value or "").strip()
    if not text:
        raise click.UsageError(f"{otherwise}.")

    def authorize(request: AWSRequest) -> None:
        request.headers[name] = text

    return authorize
