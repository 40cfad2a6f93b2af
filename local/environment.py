"""Sets the environment variables that the functions have on AWS."""

from collections.abc import MutableMapping
from pathlib import Path
from urllib.parse import urlsplit

from local.queue_message import DEAD_LETTERS, QUEUE


class StartError(Exception):
    """The gateway cannot start; the message tells its user why."""


def set_environment(environ: MutableMapping[str, str], folder: Path, url: str) -> None:
    """Set what the handlers need, and keep what the user has set."""
    environ.setdefault("DESTINATION", "local")
    environ.setdefault("APPLICATION_IDS", "*")
    environ.setdefault("CORS_ORIGINS", "*")
    environ.setdefault("ENDPOINT_READS", "true")
    environ["DATA_DIR"] = str(folder)
    environ["RETRY_QUEUE_URL"] = f"{url}/{QUEUE}"
    environ["DEAD_LETTER_QUEUE_URL"] = f"{url}/{DEAD_LETTERS}"
    _set_queue_client(environ, url)
    pinpoint = urlsplit(environ.get("AWS_ENDPOINT_URL_PINPOINT", "")).netloc
    if pinpoint.replace("localhost", "127.0.0.1") == urlsplit(url).netloc:
        raise StartError(
            "AWS_ENDPOINT_URL_PINPOINT is this gateway itself: its events would go round for ever."
        )


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
