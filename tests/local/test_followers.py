"""`make run` with a destination beside its own store."""

import json
import sqlite3
from contextlib import closing
from typing import Any

from tests.local.conftest import StartGateway
from tests.local.running_gateway import put_events_body
from tests.upstream import running_upstream


def test_an_event_is_stored_here_and_waits_for_a_follower_that_is_down(
    start_gateway: StartGateway,
) -> None:
    with running_upstream() as upstream:
        upstream.answer = lambda request: (503, {"Message": "no"})
        gateway = start_gateway(
            DESTINATION="local,pinpoint", AWS_ENDPOINT_URL_PINPOINT=upstream.url
        )
        assert "followed by pinpoint" in "\n".join(gateway.lines)
        gateway.put_events(put_events_body())
        with closing(sqlite3.connect(gateway.data_dir / "putevents.db")) as store:
            [attributes] = store.execute("SELECT attributes FROM messages").fetchone()
            [stored] = store.execute("SELECT count(*) FROM events").fetchone()
    named: Any = json.loads(attributes)
    assert (named["Destinations"]["StringValue"], stored) == ("pinpoint", 1)
