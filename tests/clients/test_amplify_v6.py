"""Amplify JS version 6 in Chromium, sent to the gateway in both ways that clients/web offers."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.browsing import Browse
from tests.clients.mobile.destination_faults import FAULTS
from tests.clients.mobile.failing_destination import running_destination
from tests.deployed.emulator import free_port
from tests.local.running_gateway import RunningGateway

LATER = "60000"  # ms: Amplify's own flush is not what is tested


@pytest.fixture(name="redirect", params=["wrapper", "worker"])
def _redirect(request: pytest.FixtureRequest) -> str:
    redirect: str = request.param
    return redirect


def concluded_well(visit: Any, redirect: str) -> None:
    """No error, nothing dropped, nothing left in Amplify's buffer; all went the intended way."""
    assert visit["complaints"] == []
    assert visit["concluded"] == {"left": 0}
    assert {answer["status"] for answer in visit["sent"]} == {202}
    assert {answer["byWorker"] for answer in visit["sent"]} == {redirect == "worker"}


def stored_types(gateway: RunningGateway, app: str) -> list[str]:
    return sorted(event_type for _, _, event_type in gateway.stored(app))


def stored_endpoint(gateway: RunningGateway, app: str) -> Any:
    [endpoint] = gateway.endpoints(app)
    return endpoint


def test_an_event_is_recorded(
    browse: Browse, redirect: str, app: str, gateway: RunningGateway
) -> None:
    visit = browse("v6", "record", app, redirect)

    concluded_well(visit, redirect)
    [(stored,)] = gateway.rows("SELECT event FROM events WHERE application_id = ?", app)
    event = json.loads(stored)
    assert (event["EventType"], event["Attributes"], event["Metrics"]) == (
        "Käufe 🛒",
        {"page": "naïve"},
        {"price": 1.5},
    )
    assert [answer["method"] for answer in visit["sent"]] == ["PUT", "POST", "POST"]


def test_a_user_is_identified(
    browse: Browse, redirect: str, app: str, gateway: RunningGateway
) -> None:
    concluded_well(browse("v6", "identifyUser", app, redirect), redirect)

    endpoint = stored_endpoint(gateway, app)
    assert endpoint["User"] == {"UserId": "user-1", "UserAttributes": {"groups": ["testers"]}}
    assert endpoint["Attributes"] == {
        "email": ["somebody@example.com"],
        "plan": ["free"],
        "hobbies": ["cooking", "Lesen"],
    }
    assert endpoint["Location"] == {"Country": "DE", "City": "Köln"}
    assert (endpoint["EndpointStatus"], endpoint["OptOut"]) == ("ACTIVE", "ALL")


def test_sessions_page_views_and_clicks_are_tracked(
    browse: Browse, redirect: str, app: str, gateway: RunningGateway
) -> None:
    concluded_well(browse("v6", "autoTrack", app, redirect), redirect)

    assert stored_types(gateway, app) == ["_session.start", "_session.stop", "bought", "pageView"]


def test_300_events_flushed_at_once_are_all_stored(
    browse: Browse, redirect: str, app: str, gateway: RunningGateway
) -> None:
    visit = browse("v6", "flushMany", app, redirect, flushInterval=LATER)

    concluded_well(visit, redirect)
    assert [len(a["events"]) for a in visit["sent"] if a["method"] == "POST"] == [300, 0]
    assert stored_types(gateway, app) == sorted(f"event-{n}" for n in range(300))


def test_40_records_before_the_first_endpoint_id_are_all_stored(
    browse: Browse, redirect: str, app: str, gateway: RunningGateway
) -> None:
    visit = browse("v6", "manyFirstRecords", app, redirect)

    concluded_well(visit, redirect)
    assert [a["method"] for a in visit["sent"]].count("PUT") == 40
    assert stored_types(gateway, app) == sorted(f"event-{n}" for n in range(40))
    assert len({endpoint_id for endpoint_id, _, _ in gateway.stored(app)}) == 1


def test_no_page_hears_of_a_destination_that_is_down(
    browse: Browse, redirect: str, tmp_path: Path, app: str
) -> None:
    with running_destination() as destination:
        destination.fault = FAULTS["it hangs up"]
        gateway = RunningGateway(
            tmp_path / "data",
            DESTINATION="pinpoint",
            AWS_ENDPOINT_URL_PINPOINT=destination.url,
            RETRY_DELAY_SECONDS="2",
        )
        try:
            visit = browse("v6", "record", app, redirect, gateway=gateway.url)
            destination.fault = FAULTS["none"]

            concluded_well(visit, redirect)
            sent = {tuple(event) for answer in visit["sent"] for event in answer["events"]}
            assert len(sent) == 1
            destination.wait_until_taken(sent)
        finally:
            gateway.end()


@pytest.mark.parametrize(("host", "stored"), [("127.0.0.1", ["Käufe 🛒"]), ("localhost", [])])
def test_only_pages_of_a_listed_origin_can_send(
    browse: Browse, host: str, stored: list[str], tmp_path: Path, app: str
) -> None:
    port = free_port()
    gateway = RunningGateway(tmp_path / "data", CORS_ORIGINS=f"http://127.0.0.1:{port}")
    site = {"origin": f"http://{host}:{port}", "gateway": gateway.url}
    try:
        visit = browse("v6", "record" if stored else "refused", app, "wrapper", **site)

        assert stored_types(gateway, app) == stored
    finally:
        gateway.end()
    blocked = any("blocked by CORS policy" in text for text in visit["complaints"])
    assert blocked is (not stored)


def test_a_page_whose_tracing_adds_headers_can_send(
    browse: Browse, tmp_path: Path, app: str
) -> None:
    port = free_port()
    origins = {"CORS_ORIGINS": f"http://127.0.0.1:{port}", "CORS_HEADERS": "x-team"}
    gateway = RunningGateway(tmp_path / "data", **origins)
    site = {"origin": f"http://127.0.0.1:{port}", "gateway": gateway.url}
    try:
        visit = browse("v6", "traced", app, "wrapper", **site)

        assert stored_types(gateway, app) == ["Käufe 🛒"]
    finally:
        gateway.end()
    concluded_well(visit, "wrapper")
