"""Amplify JS versions 5 and 4 in Chromium, to the beacon that they send when a page is left."""

import json

import pytest

from tests.clients.browsing import Browse
from tests.clients.payload import ACCEPTED
from tests.local.running_gateway import RunningGateway


@pytest.mark.parametrize("library", ["v5", "v4"])
@pytest.mark.parametrize("redirect", ["wrapper", "worker"])
def test_a_whole_session_is_stored(
    library: str, redirect: str, browse: Browse, app: str, gateway: RunningGateway
) -> None:
    visit = browse(library, "session", app, redirect)
    gateway.wait_for(f"POST /v1/apps/{app}/events/legacy +202 +1 accepted")

    concluded = visit["concluded"]
    [item] = concluded["put"]["EventsResponse"]["Results"].values()
    assert list(item["EventsItemResponse"].values()) == [ACCEPTED]
    assert concluded["updated"]["MessageBody"]["Message"] == "Accepted"
    assert (visit["complaints"], concluded["left"]) == ([], 0)
    assert {answer["status"] for answer in visit["sent"]} == {202}
    assert {answer["byWorker"] for answer in visit["sent"]} == {redirect == "worker"}

    stored = gateway.stored(app)
    assert [event_type for _, _, event_type in stored] == [
        "_session.start",
        "Käufe 🛒",
        "_session.stop",
    ]
    [endpoint] = gateway.endpoints(app)
    assert {row[0] for row in stored} == {endpoint["Id"]}
    assert endpoint["Attributes"] == {"hobbies": ["cooking"]}
    assert endpoint["User"]["UserId"] == "user-1"

    [(session,)] = gateway.rows(
        "SELECT session FROM events WHERE application_id = ? AND event_type = '_session.stop'", app
    )
    assert json.loads(session)["Duration"] > 0
