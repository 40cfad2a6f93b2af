"""The app that Locust simulates: it calls PutEvents again and again and counts its answers."""

import json
import os
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

# Locust first: it replaces the standard library's sockets.
from locust import HttpUser, LoadTestShape, constant, constant_throughput, events, task  # isort: split

from botocore.session import Session
from gevent.pool import Group

from commands.exit_codes import ExitCode
from commands.load.load_command import STOP_SECONDS, VARIABLE
from commands.load.shapes import users_at
from commands.send.auth import Target, authorization
from commands.send.call import Call
from commands.send.client import (
    SECONDS,
    CallError,
    NoAnswerError,
    events_response,
    unsigned,
)
from commands.send.summary import Summary

OPTIONS = json.loads(os.environ[VARIABLE])
TARGET = Target(**OPTIONS["target"])
AUTHORIZE = authorization(TARGET, Session(profile=TARGET.profile))
SUMMARY = Summary()
IN_FLIGHT = Group()  # the requests that wait for their answers


class App(HttpUser):
    """One endpoint of the application, with new events in every request."""

    wait_time = (
        constant_throughput(OPTIONS["rate"] / OPTIONS["users"]) if OPTIONS["rate"] else constant(0)
    )
    begun = 0  # of all

    def on_start(self) -> None:
        """Take an endpoint id of its own."""
        self.endpoint_id = f"load-{uuid4()}"

    @task
    def put_events(self) -> None:
        """Send one request and wait for its answer."""
        # In a greenlet of its own: Locust may kill the user's just as a request begins.
        IN_FLIGHT.spawn(self._put_events).join()

    def _put_events(self) -> None:
        call = Call(OPTIONS["application_id"], self._events_request())
        request = unsigned(TARGET.url, call)
        AUTHORIZE(request)
        prepared = request.prepare()
        App.begun += 1
        with self.client.post(
            prepared.url,
            name="PutEvents",
            data=prepared.body,
            headers=dict(prepared.headers.items()),
            timeout=SECONDS,
            allow_redirects=False,
            catch_response=True,
        ) as response:
            failed = SUMMARY.failed
            try:
                if not response.status_code:
                    raise NoAnswerError(f"No answer: {type(response.error).__name__}")
                answer = events_response(response.status_code, response.headers, response.content)
                SUMMARY.add_answer(call, answer)
            except CallError as error:
                SUMMARY.add_failure(call, error)
                response.failure(error.kind)
            else:
                if SUMMARY.failed > failed:
                    response.failure("an event was neither accepted nor rejected")

    def _events_request(self) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        event = {"EventType": "load.test", "Timestamp": now}
        made = {str(uuid4()): event for _ in range(OPTIONS["events"])}
        return {"BatchItem": {self.endpoint_id: {"Endpoint": {}, "Events": made}}}


class Shape(LoadTestShape):
    """The number of apps over time, as `--shape` says."""

    def tick(self) -> tuple[int, float] | None:
        """Return the apps that should call now, and how many a second begin or end."""
        elapsed = self.get_run_time()
        users = users_at(OPTIONS["shape"], OPTIONS["users"], OPTIONS["seconds"], elapsed)
        return None if users is None else (users, OPTIONS["users"])


@events.quitting.add_listener
def _end(environment: Any, **_: Any) -> None:
    """Wait for the last answers, print the counts, choose the exit code."""
    IN_FLIGHT.join(timeout=STOP_SECONDS)
    for line in SUMMARY.lines():
        print(line)
    if unanswered := App.begun - SUMMARY.sent:
        print(f"{'':10} {unanswered} more were still without an answer at the end")
        SUMMARY.end_with(ExitCode.NO_ANSWER)
    failed = SUMMARY.failed or unanswered or not SUMMARY.sent
    environment.process_exit_code = int(SUMMARY.exit_code or ExitCode.NO_ANSWER) if failed else 0
