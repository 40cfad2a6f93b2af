"""Sets the environment variables that the functions have on AWS."""

import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from urllib.parse import urlsplit

from local.queue_message import DEAD_LETTERS, QUEUE
from local.same_machine import LOCAL_ORIGINS
from local.served_ids import complaint

# As the deploy settings of the same names want them.
_HEADER = r"[A-Za-z0-9_-]+"
_REGION = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_ORIGIN = (
    r"[a-z][a-z0-9+.-]*://"
    rf"({_LABEL}(\.{_LABEL})*|[a-z0-9-]*\*[a-z0-9-]*\.({_LABEL}(\.{_LABEL})+|localhost))"
    r"(:[0-9]{1,5})?"
)


class StartError(Exception):
    """The gateway cannot start; the message tells its user why."""


def set_environment(environ: MutableMapping[str, str], folder: Path, url: str) -> None:
    """Set what the handlers need, and keep what the user has set."""
    environ.setdefault("DESTINATION", "local")
    environ.setdefault("APPLICATION_IDS", "*")
    environ.setdefault("CORS_ORIGINS", LOCAL_ORIGINS)
    environ.setdefault("ENDPOINT_READS", "true")
    _check_lists(environ)
    _check_aws(environ)
    environ["DATA_DIR"] = str(folder)
    environ["RETRY_QUEUE_URL"] = f"{url}/{QUEUE}"
    environ["DEAD_LETTER_QUEUE_URL"] = f"{url}/{DEAD_LETTERS}"
    _set_queue_client(environ, url)
    if "pinpoint" in destinations(environ) and not environ.get("AWS_ENDPOINT_URL_PINPOINT"):
        raise StartError(
            "DESTINATION pinpoint needs AWS_ENDPOINT_URL_PINPOINT=http://..., the address of"
            " another PutEvents server: Amazon's own ended on 2026-10-30."
        )
    pinpoint = urlsplit(environ.get("AWS_ENDPOINT_URL_PINPOINT", "")).netloc
    if pinpoint.replace("localhost", "127.0.0.1") == urlsplit(url).netloc:
        raise StartError(
            "AWS_ENDPOINT_URL_PINPOINT is this gateway itself: its events would go round for ever."
        )


def destinations(environ: Mapping[str, str]) -> list[str]:
    """Return the names of the destinations; the first is home, the others follow it."""
    return [name.strip() for name in environ["DESTINATION"].split(",")]


def check_aws_files() -> None:
    """Read AWS's own files, as every client of boto3 does; raises StartError."""
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        Session().get_scoped_config()
    except BotoCoreError as error:  # an unknown AWS_PROFILE, a file that cannot be parsed
        raise StartError(f"AWS's settings cannot be used: {error}") from None


def destination(environ: Mapping[str, str]) -> str | None:
    """Where events go that do not stay in the local store."""
    home = destinations(environ)[0]
    if home == "local":
        return None
    if home == "pinpoint":
        return f"PutEvents at {environ['AWS_ENDPOINT_URL_PINPOINT']}"
    return f"the delivery streams {environ.get('EVENT_STREAM_PREFIX', '')}* of the lake"


def _check_lists(environ: Mapping[str, str]) -> None:
    origins = environ["CORS_ORIGINS"]
    headers = environ.get("CORS_HEADERS", "")
    if why := complaint(environ["APPLICATION_IDS"], destinations(environ)):
        raise StartError(why)
    if origins != LOCAL_ORIGINS and origins.strip() and not _is_list_of(_ORIGIN, origins):
        raise StartError(
            "CORS_ORIGINS should be * or origins as browsers send them, in lower case and without a"
            f" path (https://app.example.com,https://*.example.dev), not {origins!r}."
        )
    if headers.strip() and not _is_list_of(_HEADER, headers):
        raise StartError(f"CORS_HEADERS should be names of headers (a,b), not {headers!r}.")


def _check_aws(environ: Mapping[str, str]) -> None:
    """What boto3 would end with a traceback over."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        if name in environ and not re.fullmatch(_REGION, environ[name]):
            raise StartError(f"{name} should be a region like eu-west-1, not {environ[name]!r}.")
    for name, url in environ.items():
        if name.startswith("AWS_ENDPOINT_URL") and url and not _is_url(url):
            raise StartError(f"{name} should be a URL like https://api.example.com, not {url!r}.")


def _is_url(text: str) -> bool:
    try:
        url = urlsplit(text)
        return url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:  # a port or an IPv6 address that is none
        return False


def _is_list_of(pattern: str, text: str) -> bool:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return parts == ["*"] or (bool(parts) and all(re.fullmatch(pattern, part) for part in parts))


def _set_queue_client(environ: MutableMapping[str, str], url: str) -> None:
    """Point boto3's SQS client at this process, whatever account or proxy the user has."""
    environ["AWS_ENDPOINT_URL_SQS"] = url
    environ.pop("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", None)
    direct = environ.get("no_proxy") or environ.get("NO_PROXY")
    environ["no_proxy"] = f"{direct},127.0.0.1" if direct else "127.0.0.1"
    environ.setdefault("AWS_DEFAULT_REGION", environ.get("AWS_REGION", "us-east-1"))
    environ.setdefault("AWS_REGION", environ["AWS_DEFAULT_REGION"])
    if environ["DESTINATION"] == "local":
        environ.pop("AWS_PROFILE", None)
    elif "AWS_PROFILE" in environ or Path("~/.aws").expanduser().exists():
        return  # the destination needs the user's own credentials
    environ.setdefault("AWS_ACCESS_KEY_ID", "local")
    environ.setdefault("AWS_SECRET_ACCESS_KEY", "local")
