"""Which followers lack an event that home has, as the messages in the file say it."""

import json
import sqlite3

from local.live.rows import Key, events_of, parts_of, request_id_of, verdict_on
from local.toward import names_in, said_of
from putevents.queue.messages import DESTINATIONS

_SQL = (
    "SELECT queue, message_id, body, attributes FROM messages WHERE instr(attributes, ?)"
    " ORDER BY sequence DESC LIMIT ?"
)


def followers_of(
    store: sqlite3.Connection, home: str, max_messages: int
) -> dict[Key, tuple[str, ...]]:
    """What is told of the followers of each event that waits for them alone."""
    found: dict[Key, tuple[str, ...]] = {}
    for queue, message_id, body, text in store.execute(_SQL, (f'"{DESTINATIONS}"', max_messages)):
        attributes = json.loads(text)
        names = names_in(attributes, home)
        if home in names:
            continue
        told = verdict_on(queue, attributes), attributes.get("Reason", {}).get("StringValue")
        request_id = request_id_of(attributes, message_id)
        for ids in events_of(parts_of(body)[1]):
            key = (request_id, *ids)
            found[key] = found.get(key, ()) + tuple(said_of(name, *told) for name in names)
    return found
