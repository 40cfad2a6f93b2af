"""`make run` tells nobody what it is sent: not its terminal, its log, its metrics or its errors."""

import json
import re
from http.client import HTTPConnection

from tests.local.conftest import StartGateway
from tests.local.running_gateway import SECONDS, RunningGateway
from tests.marked import (
    HEADERS,
    MARK,
    bad_requests,
    endpoint_request,
    events_request,
    found_in,
    told_in_logs,
)


def send(gateway: RunningGateway, method: str, path: str, body: bytes | str | None = None) -> int:
    """One request with a marked secret in every header."""
    connection = HTTPConnection(gateway.url.removeprefix("http://"), timeout=SECONDS)
    try:
        connection.request(method, path, body, HEADERS)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def without_path_and_key(line: str) -> str:
    """A line of the terminal without what docs/security.md says is there: the path and a key."""
    return re.sub(r"(?<=[A-Z] )/\S*|\([^()]*\)$", "", line)


def test_a_secret_in_any_field_or_header_is_in_no_log_metric_or_error(
    start_gateway: StartGateway,
) -> None:
    gateway = start_gateway(APPLICATION_IDS="my-app", TRUST_ARRIVAL="false", ENDPOINT_READS="true")
    app = "/v1/apps/my-app"
    answers = {
        "events": send(gateway, "POST", f"{app}/events", json.dumps(events_request())),
        "endpoint": send(
            gateway, "PUT", f"{app}/endpoints/{MARK}-id", json.dumps(endpoint_request())
        ),
        "read": send(gateway, "GET", f"{app}/endpoints/{MARK}-id"),
        "user": send(gateway, "GET", f"{app}/users/{MARK}-user"),
        "unknown application": send(gateway, "POST", f"/v1/apps/{MARK}/events", "{}"),
        "unknown path": send(gateway, "GET", f"/{MARK}?{MARK}={MARK}"),
        "other method": send(gateway, "PATCH", f"{app}/events?{MARK}={MARK}", MARK),
        "delete": send(gateway, "DELETE", f"{app}/endpoints/{MARK}-id"),
    }
    bad = {send(gateway, "POST", f"{app}/events", body) for body in bad_requests()}
    stored = gateway.rows("SELECT event_type FROM events")

    status, errors = gateway.end()

    logs = [path.read_text() for path in gateway.data_dir.glob("gateway.log*")]
    # The secrets got in: what is looked for would be found.
    assert answers["events"] == 202
    assert (f"{MARK}-EventType",) in stored
    assert bad == {202, 400}
    assert (status, errors) == (0, "")
    assert logs
    assert any('"EventsAccepted"' in text for text in logs)
    assert told_in_logs([line for text in logs for line in text.splitlines()]) == []
    assert found_in("\n".join(map(without_path_and_key, gateway.lines))) == []
    assert answers["unknown application"] == 404
    # What a header holds is nowhere, also where events are.
    written = b"".join(p.read_bytes() for p in gateway.data_dir.rglob("*") if p.is_file())
    assert f"{MARK}-EventType".encode() in written
    assert [name for name, value in HEADERS.items() if value.encode() in written] == []
