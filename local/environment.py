"""Sets the environment variables that the functions have on AWS."""

import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from urllib.parse import urlsplit

from local.queue_message import DEAD_LETTERS, QUEUE
from local.same_machine import LOCAL_ORIGINS

# As the deploy settings of the same names want them.
_APPLICATION_ID = r"(\.{0,2}[A-Za-z0-9_-]|\.{3})[A-Za-z0-9._-]*"
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
    environ["DATA_DIR"] = str(folder)
    environ["RETRY_QUEUE_URL"] = f"{url}/{QUEUE}"
    environ["DEAD_LETTER_QUEUE_URL"] = f"{url}/{DEAD_LETTERS}"
    _set_queue_client(environ, url)
    pinpoint = urlsplit(environ.get("AWS_ENDPOINT_URL_PINPOINT", "")).netloc
    if pinpoint.replace("localhost", "127.0.0.1") == urlsplit(url).netloc:
        raise StartError(
            "AWS_ENDPOINT_URL_PINPOINT is this gateway itself: its events would go round for ever."
        )


def home_name(environ: Mapping[str, str]) -> str:
    """Return the name of the first destination."""
    return environ["DESTINATION"].split(",")[0].strip()


def followers(environ: Mapping[str, str]) -> list[str]:
    """Return the names of the others."""
    return [name.strip() for name in environ["DESTINATION"].split(",")[1:]]


def destination(environ: Mapping[str, str]) -> str | None:
    """Where events go that do not stay in the local store."""
    home = home_name(environ)
    if home == "local":
        return None
    if home == "pinpoint":
        aws = f"https://pinpoint.{environ['AWS_REGION']}.amazonaws.com"
        return f"PutEvents at {environ.get('AWS_ENDPOINT_URL_PINPOINT') or aws}"
    return f"the delivery streams {environ.get('EVENT_STREAM_PREFIX', '')}* of the lake"


def _check_lists(environ: Mapping[str, str]) -> None:
    ids, origins = environ["APPLICATION_IDS"], environ["CORS_ORIGINS"]
    if not _is_list_of(_APPLICATION_ID, ids):
        raise StartError(
            "APPLICATION_IDS should be * or ids of letters, digits, '.', '_' and '-' (a,b),"
            f" not {ids!r}."
        )
    if origins != LOCAL_ORIGINS and origins.strip() and not _is_list_of(_ORIGIN, origins):
        raise StartError(
            "CORS_ORIGINS should be * or origins as browsers send them, in lower case and without a"
            f" path (https://app.example.com,https://*.example.dev), not {origins!r}."
        )


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
