"""`load`: many simulated apps call a gateway for a while, by Locust."""

import importlib.util
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from botocore.exceptions import BotoCoreError
from botocore.session import Session

from commands.application_id import ApplicationId
from commands.exit_codes import NotSentError, StoppedError
from commands.load.shapes import SHAPES
from commands.send.auth import authorization, target, target_options

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
VARIABLE = "PUT_EVENTS_LOAD"  # hands the options, secrets among them, to the locustfile
STOP_SECONDS = 40  # longer than one request may take

EPILOG = """\b
With make:
    make load URL=... USERS=... RATE=... SECONDS=... SHAPE=... EVENTS=... OPTIONS=...

\b
Exit code:
    0  every event was accepted or rejected
    1  an event failed: it was neither accepted nor rejected
    2  an option or the credentials are wrong
    3  a whole request was rejected, or Locust is not installed
    4  a request was not answered
"""


# fmt: off
@click.command(epilog=EPILOG)
@target_options
@click.option("--application-id", type=ApplicationId(), default="my-app", show_default=True,
              help="One that is served.")
@click.option("--users", type=click.IntRange(1, 10_000), default=10, show_default=True,
              help="Apps that call at the same time.")
@click.option("--rate", type=click.FloatRange(0, min_open=True),
              help="Requests a second of all users together, at most.  [default: no limit]")
@click.option("--seconds", type=click.IntRange(1, 86_400), default=10, show_default=True,
              help="How long new requests are sent.")
@click.option("--shape", type=click.Choice(list(SHAPES)), default="steady", show_default=True,
              help="All users from the start, more and more of them, or five bursts.")
@click.option("--events", type=click.IntRange(1, 100), default=10, show_default=True,
              help="Events in each request.")
def load(users: int, seconds: int, shape: str, **given: Any) -> None:
    """Load a gateway with events, count what became of each, and show how quick the answers were.

    Use it on a gateway of your own: the events are stored like any others.
    """
    to = target(given)
    try:
        authorization(to, Session(profile=to.profile))  # wrong options are told before the start
    except BotoCoreError as error:
        raise NotSentError(str(error)) from None
    if not importlib.util.find_spec("locust"):
        raise StoppedError("Locust is not installed here: `make load` has it in .venv-load.")
    plan = {"users": users, "seconds": seconds, "shape": shape}
    os.environ[VARIABLE] = json.dumps({**given, **plan, "target": asdict(to)})
    sys.stdout.flush()
    os.execv(sys.executable, [  # noqa: S606 # Ctrl-C and the exit code become Locust's own
        sys.executable, "-m", "locust", "--locustfile", str(LOCUSTFILE), "--host", to.url,
        "--headless", "--only-summary", "--loglevel", "WARNING",
        "--stop-timeout", str(STOP_SECONDS),
    ])

# fmt: on
