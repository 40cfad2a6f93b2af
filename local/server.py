"""`make run`: the gateway on a laptop, its Lambda handlers behind a web server, no AWS account."""

import asyncio
import gc
import logging
import os
import socket
import sqlite3
import sys
from contextlib import redirect_stdout

from local.console import greet, log_to_terminal
from local.database import Database, data_folder
from local.environment import (
    StartError,
    check_aws_files,
    destination,
    destinations,
    set_environment,
)
from local.event_source import EventSource
from local.folder_lock import Holder, hold
from local.handlers import API_TIMEOUT_SECONDS, make_cors, make_functions
from local.other_machines import warn_of_others
from local.private_files import LOG_FILE
from local.queue_message import NewMessage
from local.queued_events import QueuedEvents
from local.queues import Queues
from local.rotating_file import RotatingFile
from local.sqs import SqsApi
from local.startup import open_database, open_folder, open_port, visibility_seconds
from local.stop_signals import StopSignals
from local.web_app import WebApp
from local.web_server import HOST, WebServer, url_of
from local.whole_lines import WholeLines
from local.wrong_variables import without_effect

log = logging.getLogger("local")


def main(host: str = HOST) -> int:
    """Serve until Ctrl-C or SIGTERM; returns the exit status."""
    log_to_terminal()
    try:
        asyncio.run(_run(host))
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def _run(host: str) -> None:
    with StopSignals() as signals:
        await _start(host, signals)


async def _start(host: str, signals: StopSignals) -> None:
    with open_port(os.environ.get("PORT") or "8080", host) as listener:
        set_environment(os.environ, data_folder().resolve(), url_of(listener))
        # Nothing is made before all that was asked for is right.
        folder = open_folder(data_folder())
        with hold(folder, url_of(listener)) as this:
            database = open_database(folder)
            # Handlers write logs and metrics to stdout, which is CloudWatch's on AWS.
            with RotatingFile(folder / LOG_FILE) as file, redirect_stdout(WholeLines(file)):
                await _serve(listener, database, signals, this)
            try:
                database.settle()
            except sqlite3.Error as error:
                log.error("%s cannot be written: %s", database.path, error)


async def _serve(
    listener: socket.socket, database: Database, signals: StopSignals, this: Holder
) -> None:
    # Imported here, as what it watches is: a wrong folder or port is reported before.
    check_aws_files()
    from local.live.live_gateway import LiveGateway
    from local.routing import Routing

    live = LiveGateway(database.path.parent, this, _application_id(), destinations(os.environ)[0])
    api, queue, gateway = make_functions(live.watch_home)
    # A request of 100 events makes thousands of objects without a cycle among them: to look for one
    # after each 700 took a sixth of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    in_hand = live.happenings.in_hand
    queued = QueuedEvents(in_hand.__contains__)

    def sent(queue: str, ids: list[str], messages: list[NewMessage]) -> None:
        live.happenings.sent(queue, ids, messages)
        queued.sent(queue, ids, messages)

    queues = Queues(Database(database.path), visibility_seconds(), sent)
    watch = live.watch_queue(queues, gateway)
    source = EventSource(queues, queue.invoke, os.environ["AWS_REGION"], watch)
    cors = make_cors()
    sqs = SqsApi(queues, lambda: live.chaos.queue == "fail")
    app = WebApp(
        Routing(database, api, sqs, cors, live).respond,
        cors,
        live.watch,
        in_hand,
        queued.take,
    )
    server = WebServer(live.app(app), listener)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve())
        source.start()
        _greet(url_of(listener), database, is_open=listener.getsockname()[0] != HOST)
        await signals.wait()
        log.info("stopping, after the requests that are under way")
        await live.stop()
        await app.drain(API_TIMEOUT_SECONDS)
        # The handler in hand still sends messages to this server's queues.
        await asyncio.to_thread(source.stop)
        server.stop()


def _greet(url: str, database: Database, *, is_open: bool) -> None:
    events = destination(os.environ) or str(database.path)
    if others := destinations(os.environ)[1:]:
        events += f", followed by {', '.join(others)}"
    greet(url, events, database.path, database.path.with_name(LOG_FILE), _application_id())
    for sentence in without_effect(os.environ, destinations(os.environ)):
        log.warning(sentence)
    if is_open:
        warn_of_others(url)


def _application_id() -> str:
    return os.environ["APPLICATION_IDS"].split(",")[0].strip().replace("*", "my-app")


if __name__ == "__main__":
    sys.exit(main())
