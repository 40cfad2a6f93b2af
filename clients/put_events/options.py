"""What the command was told, with types, and what cannot be told together."""

from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import click

CONCURRENCY = 10


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options by their names; None is an option that was not given."""

    url: str
    application_id: str | None
    events_request: dict[str, Any] | None
    cli_input_json: dict[str, Any] | None
    requests: BinaryIO | None
    rate: float | None
    concurrency: int
    auth: str
    token: str | None
    api_key: str | None
    region: str | None

    @classmethod
    def of(cls, **given: Any) -> "Options":
        """The options that Click has read; raises UsageError if they do not go together."""
        if not given["url"]:
            raise click.UsageError("Missing option '--url' (or PUT_EVENTS_URL).")
        if given["requests"]:
            if given["events_request"] is not None or given["cli_input_json"] is not None:
                raise click.UsageError("--requests brings its own events.")
        elif given["rate"] or given["concurrency"]:
            raise click.UsageError("--rate and --concurrency are for --requests.")
        return cls(**{**given, "concurrency": given["concurrency"] or CONCURRENCY})


def check_url(_: click.Context, __: click.Parameter, url: str | None) -> str | None:
    """A base URL that paths can be added to."""
    try:
        parts = urlsplit(url or "https://unset")
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment:
        raise click.BadParameter("it should be like https://host/path.")
    return url
