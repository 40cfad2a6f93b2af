"""What the live page shows around its list: counts, rates, names, and how to send an event."""

import json
import sqlite3
import uuid
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from local.folder_lock import Holder
from local.live.live_events import LiveEvents
from local.live.rows import events_of, parts_of, verdict_on
from local.live.stored_events import MAX_MESSAGES
from local.toward import names_in

MAX_NAMES = 200
_LAST = 5_000  # events whose types are listed
_TYPES = (
    "SELECT DISTINCT json_extract(event, '$.EventType') FROM batch_events"
    " WHERE id > (SELECT max(id) FROM batch_events) - ? ORDER BY 1 LIMIT ?"
)
# Each name by a look into the index, however many endpoints it has.
_APPLICATIONS = """
WITH RECURSIVE names (name) AS (
    SELECT min(application_id) FROM endpoint_items
    UNION ALL
    SELECT (SELECT min(application_id) FROM endpoint_items WHERE application_id > name)
    FROM names WHERE name IS NOT NULL
)
SELECT name FROM names WHERE name IS NOT NULL LIMIT ?
"""


class LiveSummary:
    """Made anew for each call, from indexes and the last rows."""

    def __init__(self, events: LiveEvents, this: Holder, application: str, is_local: bool) -> None:
        self._events, self._this, self.application = events, this, application
        self._is_local = is_local

    def shown(self) -> dict[str, Any]:
        """The summary as the page gets it."""
        self._events.catch_up()
        with closing(self._events.open_store()) as store:
            counts = self._counts(store)
            applications = [name for (name,) in store.execute(_APPLICATIONS, (MAX_NAMES,))]
            types = [name for (name,) in store.execute(_TYPES, (_LAST, MAX_NAMES)) if name]
        return {
            "run": self._this.run,
            "address": self._this.url,
            "application": self.application,
            "counts": counts,
            "applications": applications,
            "types": types,
            "rates": self._events.rates(),
            "destination": self._events.destination,
            "cannot": [] if self._is_local else _CANNOT,
            "examples": _examples(self._this.url, self.application),
        }

    def _counts(self, store: sqlite3.Connection) -> dict[str, int]:
        totals = self._events.happenings.counts.totals
        counts = {"failed": totals["failed"], "queued": 0, "waiting": 0, "dead": 0}
        [(counts["accepted"],)] = store.execute("SELECT count(*) FROM batch_events")
        [(counts["rejected"],)] = store.execute("SELECT count(*) FROM rejected_events")
        if not self._is_local:
            counts |= {name: totals[name] for name in ("accepted", "rejected")}
        sql = "SELECT queue, body, attributes FROM messages ORDER BY sequence DESC LIMIT ?"
        for queue, body, text in store.execute(sql, (MAX_MESSAGES,)):
            attributes = json.loads(text)
            if self._events.destination not in names_in(attributes, self._events.destination):
                continue  # home has these
            counts[verdict_on(queue, attributes)] += (
                sum(1 for _ in events_of(parts_of(body)[1])) or 1
            )
        return counts


_CANNOT = [
    "Events are not in the local store: what is stored, endpoints and SQL are the destination's.",
    "Events of earlier runs are not listed, but for those that wait on the queue.",
]


def _examples(url: str, application: str) -> dict[str, str]:
    # Of now, and another each time: else no chart of the last days has it.
    event = {"EventType": "hello", "Timestamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    batch = {"Endpoint": {}, "Events": {uuid.uuid4().hex[:8]: event}}
    body = json.dumps({"BatchItem": {"my-device": batch}}, separators=(",", ":"))
    return {
        "curl": f"curl {url}/v1/apps/{application}/events -d '{body}'",
        "cli": (
            f"aws pinpoint put-events --endpoint-url {url} --region us-east-1"
            " --no-sign-request"
            f" --application-id {application} --events-request '{body}'"
        ),
        "amplify": _AMPLIFY.replace("URL", url).replace("APPLICATION", application),
    }


_AMPLIFY = """\
// clients/web/fetch-wrapper.js and pinpoint-request.js, beside your page
import { sendPinpointTo } from './fetch-wrapper.js';
import { Amplify } from 'aws-amplify';
import { record } from 'aws-amplify/analytics';

sendPinpointTo('URL');
Amplify.configure({
  Auth: { Cognito: { identityPoolId: 'YOUR_IDENTITY_POOL' } },
  Analytics: { Pinpoint: { appId: 'APPLICATION', region: 'us-east-1' } },
});
record({ name: 'hello' });
"""
