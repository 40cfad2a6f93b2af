"""Puts the live page together: what it watches, what answers it, and what ends with the server."""

import logging
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from local.asgi import Application
from local.console import summary
from local.folder_lock import Holder
from local.http_messages import Request, Response
from local.live.chaos import Chaos
from local.live.happenings import Happenings
from local.live.live_app import LiveApp
from local.live.live_events import LiveEvents
from local.live.live_routes import LiveRoutes, Respond
from local.live.live_summary import LiveSummary
from local.live.opened_event import OpenedEvents
from local.live.queue_watch import QueueWatch
from local.live.row_stream import RowStream
from local.live.rows import is_astray
from local.live.sql_process import SqlProcess
from local.live.watched_destination import WatchedDestination
from local.queues import Queues
from putevents.destinations import Home
from putevents.gateway import Gateway

log = logging.getLogger("local")


class LiveGateway:
    """Made before the gateway, whose home it watches."""

    def __init__(self, folder: Path, this: Holder, application: str, destination: str) -> None:
        self.happenings, self.chaos = Happenings(), Chaos()
        self._events = LiveEvents(self.happenings, folder, destination)
        self._stream = RowStream(self._events, self.chaos, this.run)
        self._sql = SqlProcess(folder)
        self._opened = OpenedEvents(self._events, this.url)
        self._summary = LiveSummary(self._events, this, application, destination == "local")

    def watch_home(self, home: Home) -> Home:
        """The home of events, watched."""
        return WatchedDestination(home, self.happenings, self.chaos)

    def watch_queue(self, queues: Queues, gateway: Gateway) -> QueueWatch:
        """What is told of the queue's runs; the end of chaos lets go what waits."""

        def release() -> None:
            try:
                applications = queues.release()
            except sqlite3.Error as error:
                log.error("queue  cannot be written: %s", error)
                return
            for application_id in applications:
                gateway.close_breakers(application_id)

        self.chaos.on_end = release
        return QueueWatch(self.happenings, self.chaos, release)

    def watch(self, request: Request, response: Response, counts: Mapping[str, int]) -> None:
        """Keep what a client sent, and what it was answered."""
        if request.path.startswith("/v1/") or is_astray(request, response):
            self.happenings.exchanged(request, response, counts)

    def routes(self, respond: Respond) -> LiveRoutes:
        """What answers the page; `respond` is the gateway's own door."""

        async def watched(request: Request) -> Response:
            response = await respond(request)
            self.watch(request, response, summary(request, response)[1])
            return response

        return LiveRoutes(self._events, self._opened, self._summary, self._sql, self.chaos, watched)

    def app(self, app: Application) -> LiveApp:
        """The application, with the stream beside it."""
        return LiveApp(app, self._stream)

    async def stop(self) -> None:
        """End the streams, and the process that answers SQL."""
        self._stream.stop()
        await self._sql.stop()
