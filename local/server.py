"""`make run`: the gateway on a laptop, its Lambda handlers behind a web server, no AWS account."""

import errno
import logging
import os
import shlex
import signal
import sqlite3
import sys
import threading
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.database import FILE, Database, data_folder
from local.environment import StartError, set_environment
from local.event_source import EventSource
from local.gateway import Gateway
from local.lambda_environment import LambdaEnvironment
from local.queue import Queues
from local.sqs import SqsApi
from local.web import HOST, WebServer

LOG_FILE = "gateway.log"
# As long as the functions may take on AWS.
API_TIMEOUT_SECONDS = 28
QUEUE_TIMEOUT_SECONDS = 60

log = logging.getLogger("local")


def main() -> int:
    """Serve until Ctrl-C or SIGTERM; returns the exit status."""
    _log_to_terminal()
    stopping = _stop_on_signals()
    try:
        folder = _open_folder(data_folder())
        database = _open_database(folder)
        server = _listen(os.environ.get("PORT") or "8080")
        set_environment(os.environ, folder, server.url)
        # What handlers write to stdout, logs and metrics, is CloudWatch's on AWS.
        with (folder / LOG_FILE).open("a", buffering=1) as file, redirect_stdout(file):
            _serve(server, database, stopping)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _serve(server: WebServer, database: Database, stopping: threading.Event) -> None:
    api, queue = _lambda_environments()
    queues = Queues(Database(database.path), _visibility_seconds())
    source = EventSource(queues, queue.invoke, os.environ["AWS_REGION"])
    server.serve(Gateway(database, api, SqsApi(queues)).respond)
    source.start()
    _greet(server.url, database.path)
    stopping.wait()
    log.info("stopping: what is in hand is being finished")
    server.in_flight.drain(API_TIMEOUT_SECONDS)
    source.stop()
    try:
        database.settle()
    except sqlite3.Error as error:
        log.error("%s cannot be written: %s", database.path, error)


def _lambda_environments() -> tuple[LambdaEnvironment, LambdaEnvironment]:
    """Both functions; the handlers read the environment as they are imported, as on AWS."""
    from putevents.errors import SettingsError
    from putevents.settings import Settings

    try:
        settings = Settings.load()
    except SettingsError as error:
        raise StartError(f"{error}.") from None
    from local.store import LocalDestination
    from putevents import api_handler, queue_handler
    from putevents.gateway import Gateway

    gateway = Gateway.load(
        settings, LocalDestination() if settings.destination == "local" else None
    )
    return (
        LambdaEnvironment(api_handler.make_handler(gateway), "local-api", API_TIMEOUT_SECONDS),
        LambdaEnvironment(
            queue_handler.make_handler(gateway), "local-queue", QUEUE_TIMEOUT_SECONDS
        ),
    )


def _open_folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LOG_FILE).touch()
    except OSError as error:
        raise StartError(
            f"Nothing can be written in {folder} ({error.strerror}): choose another, DATA_DIR=..."
        ) from None
    return folder.resolve()


def _open_database(folder: Path) -> Database:
    database = Database(folder / FILE)
    try:
        database.check()
    except sqlite3.Error as error:
        raise StartError(f"{database.path} cannot be written: {error}.") from None
    return database


def _visibility_seconds() -> int:
    text = os.environ.get("VISIBILITY_TIMEOUT_SECONDS") or "30"
    if not (text.isascii() and text.isdecimal()):
        raise StartError(f"VISIBILITY_TIMEOUT_SECONDS should be a number of seconds, not {text!r}.")
    return int(text)


def _listen(text: str) -> WebServer:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) < 65536):
        raise StartError(f"PORT should be a number from 0 to 65535, not {text!r}.")
    try:
        return WebServer(int(text))
    except OSError as error:
        busy = error.errno == errno.EADDRINUSE
        why = "is in use by another program" if busy else f"cannot be used ({error.strerror})"
        raise StartError(f"Port {text} of {HOST} {why}: choose another, PORT=...") from None


def _stop_on_signals() -> threading.Event:
    stopping = threading.Event()

    def stop(*_: Any) -> None:
        if stopping.is_set():
            os._exit(1)  # asked twice: whoever asks does not want to wait
        stopping.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    return stopping


def _log_to_terminal() -> None:
    lines = logging.StreamHandler(sys.stdout)
    lines.setFormatter(logging.Formatter("%(asctime)s  %(message)s", datefmt="%H:%M:%S"))
    log.addHandler(lines)
    log.setLevel(logging.INFO)
    log.propagate = False
    logging.raiseExceptions = False  # a closed terminal is no reason to fail a request


def _greet(url: str, file: Path) -> None:
    application_id = os.environ["APPLICATION_IDS"].split(",")[0].strip().replace("*", "my-app")
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    event = f'{{"EventType":"hello","Timestamp":"{now}"}}'
    body = f'{{"BatchItem":{{"my-device":{{"Endpoint":{{}},"Events":{{"1":{event}}}}}}}}}'
    log.info("PutEvents on  %s", url)
    log.info("events go to  %s", file)
    log.info("logs go to    %s", file.with_name(LOG_FILE))
    log.info(
        "try           curl %s/v1/apps/%s/events -d %s", url, application_id, shlex.quote(body)
    )


if __name__ == "__main__":
    sys.exit(main())
