"""The stored endpoints that the live page lists."""

import sqlite3
from typing import Any
from urllib.parse import quote, unquote

from pydantic_core import from_json

MAX_SEARCHED = 20_000
MAX_LIMIT = 500
_SQL = (
    "SELECT application_id, endpoint_id, spelled, user_id, latest, created, members"
    " FROM endpoint_items"
    " WHERE (application_id, endpoint_id) > (?, ?) AND substr(endpoint_id, 1, 1) <> '$'"
    " AND revision > 0"  # else it is what a deletion has left
    " AND (?3 = '' OR application_id = ?3) ORDER BY application_id, endpoint_id LIMIT ?4"
)


def list_endpoints(
    store: sqlite3.Connection, application: str, q: str, limit: int, after: str
) -> dict[str, Any]:
    """Endpoints in the order of their ids, and where to go on."""
    limit = max(1, min(limit, MAX_LIMIT))
    after_application, _, after_endpoint = after.partition("/")
    place = (unquote(after_application), unquote(after_endpoint))
    if application and place[0] != application:
        place = (application, "")
    found: list[dict[str, Any]] = []
    searched, last = 0, ""
    for row in store.execute(_SQL, (*place, application, MAX_SEARCHED)):
        if len(found) == limit:
            break
        searched += 1
        last = f"{quote(row[0], safe='')}/{quote(row[1], safe='')}"
        if q.lower() in "\n".join(filter(None, row[:4])).lower():
            found.append(_shown(*row))
    else:
        if searched < MAX_SEARCHED:
            last = ""
    return {"endpoints": found, "more": bool(last), "next": last or None, "searched": searched}


def _shown(
    application: str, id_: str, spelled: str, user: str | None, latest: str, created: int, text: str
) -> dict[str, Any]:
    channel = from_json(text).get("ChannelType")
    return {
        "application": application,
        "endpoint": spelled or id_,
        "user": user,
        "channel": channel[0] if channel else None,
        "updated": int(latest[:13]) if latest[:13].isdecimal() else created,  # a stamp's first part
    }
