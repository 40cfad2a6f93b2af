"""An event of the live page as it is opened: what came, what is stored, what was answered."""

import json
import shlex
import sqlite3
from contextlib import closing
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from local.live.enriched_rows import came
from local.live.fates import Step, steps_shown
from local.live.happenings import Exchange, Sent
from local.live.live_events import LiveEvents
from local.live.mending import rule_of
from local.live.rows import (
    PARTS,
    Row,
    batch_item_in,
    batch_item_of,
    event_in,
    json_of,
    parts_of,
    place_of,
    results_of,
)
from local.live.stored_events import ACCEPTED, REJECTED, StoredEvents, kind_and_id
from putevents.wire.rejected_record import stored_id
from putevents.wire.storable import storable

Json = dict[str, Any]
_REBUILT = "It is older than what memory holds: what came is shown as the store has it."


class OpenedEvents:
    """Opens events by the numbers of their rows."""

    def __init__(self, events: LiveEvents, url: str) -> None:
        self._events, self._url = events, url

    def open(self, seq: int) -> Json | None:
        """All that is known of a row, or None if it is known no more."""
        if seq < 0:
            return self._stored(seq)
        self._events.catch_up()
        one = self._events.find(place_of(seq)[0])
        row = one and next((row for row in self._events.rows_of(one) if row.seq == seq), None)
        return self._kept(one, row) if one and row else None

    def _kept(self, one: Exchange | Sent, row: Row) -> Json:
        asked = batch_item_in(one)
        answered = _answer(one, row) if isinstance(one, Exchange) else None
        told: Json | None = None
        if row.endpoint in asked:
            batch = asked[row.endpoint]
            endpoint = batch.get("Endpoint") if isinstance(batch, dict) else batch
            told = came(endpoint, event_in(asked, row.endpoint, row.event))
        later = self._events.fates.steps(row.key)
        waits = self._events.fates.verdict(row.key) is not None  # or waited, for home
        first = [Step(row.at, *_first(answered, is_queued=waits))] if answered else []
        return self._shown(row, told, self._look_up(row), answered, [*first, *later])

    def _stored(self, seq: int) -> Json | None:
        kind, id_ = kind_and_id(seq)
        with closing(self._events.open_store()) as store:
            found = StoredEvents(store, lambda _: False, self._events.destination).one(seq)
            if found is None:
                return None
            row = found.row
            if kind == ACCEPTED:
                event, stored = _accepted(store, id_)
            elif kind == REJECTED:
                event, stored = _rejected(store, id_)
            else:
                event, stored = _queued(store, id_, row)
        endpoint = stored.get("endpoint") if stored and kind == ACCEPTED else None
        steps = [Step(row.at, row.verdict, row.reason or "It was stored."),
                 *self._events.fates.steps(row.key)]  # fmt: skip
        told = came(endpoint or {}, event)
        return {**self._shown(row, told, stored, None, steps), "note": _REBUILT}

    def _shown(
        self, row: Row, told: Json | None, stored: Json | None, answered: Json | None,
        steps: list[Step],
    ) -> Json:  # fmt: skip
        said = row.reason if row.verdict in ("rejected", "failed") else None
        return {
            "row": row.shown(),
            "came": told,
            "stored": stored,
            "answered": answered,
            "rule": rule_of(said) if said and row.verdict == "rejected" else None,
            "history": steps_shown(steps),
            "curl": self._curl(row, told),
        }

    def _curl(self, row: Row, told: Json | None) -> str | None:
        if told is None or not row.endpoint:
            return None
        route, body = "enriched-events", told.get("EnrichedEvent")
        if body is None:
            events = {row.event: told["Event"]} if row.event else {}
            batch = {"Endpoint": told["Endpoint"], "Events": events}
            route, body = "events", {"BatchItem": {row.endpoint: batch}}
        url = shlex.quote(
            f"{self._url}/v1/apps/{quote(row.application, safe='', errors='replace')}/{route}"
        )
        sent = shlex.quote(json.dumps(body, ensure_ascii=False))
        return f"curl {url} -H 'Content-Type: application/json' -d {sent}"

    def _look_up(self, row: Row) -> Json | None:
        """What the file holds of an event of the last requests."""
        if row.verdict not in ("accepted", "rejected"):
            return None
        with closing(self._events.open_store()) as store:
            return _find(store, row)


def _answer(exchange: Exchange, row: Row) -> Json:
    answer = json_of(exchange.response)
    item = results_of(answer, batch_item_of(exchange.request)).get(row.endpoint)
    if item is None:
        return {"StatusCode": exchange.response.status, "Message": answer.get("Message", "")}
    told: Json = (
        item["EventsItemResponse"][row.event] if row.event else item["EndpointItemResponse"]
    )
    return told


def _first(answered: Json, *, is_queued: bool) -> tuple[str, str]:
    status = answered["StatusCode"]
    text = f"It came, and was answered {status} {answered['Message']}"
    if status == HTTPStatus.ACCEPTED:
        return "queued" if is_queued else "accepted", text
    return "rejected" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "failed", text


def _accepted(store: sqlite3.Connection, id_: int) -> tuple[Any, Json | None]:
    sql = "SELECT event, record FROM events WHERE rowid = ?"
    event, record = store.execute(sql, (id_,)).fetchone()
    return json.loads(event), json.loads(record) if record else None


def _rejected(store: sqlite3.Connection, id_: int) -> tuple[Any, Json | None]:
    cursor = store.execute("SELECT * FROM rejected_events WHERE rowid = ?", (id_,))
    names = [column[0] for column in cursor.description]
    stored = dict(zip(names, cursor.fetchone(), strict=True))
    try:
        event = json.loads(stored["event"])
    except ValueError:  # it was cut
        event = stored["event"]
    return event, stored


def _queued(store: sqlite3.Connection, id_: int, row: Row) -> tuple[Any, Json | None]:
    sql = "SELECT body FROM messages WHERE sequence = ?"
    [body] = store.execute(sql, (id_ // PARTS,)).fetchone()
    return event_in(parts_of(body)[1], row.endpoint, row.event), None


def _find(store: sqlite3.Connection, row: Row) -> Json | None:
    if row.verdict == "accepted":
        found = store.execute(
            "SELECT e.id FROM batches AS b CROSS JOIN batch_events AS e ON e.batch = b.id"
            " WHERE b.id > (SELECT max(id) FROM batches) - 20000 AND b.request_id = ?"
            " AND e.event_id = ? AND b.application_id = ? AND lower(b.endpoint_id) = lower(?)",
            (row.request_id, *map(storable, (row.event, row.application, row.endpoint))),
        ).fetchone()
        return _accepted(store, found[0])[1] if found else None
    found = store.execute(
        "SELECT rowid FROM rejected_events WHERE rowid > (SELECT max(rowid) FROM rejected_events)"
        " - 20000 AND request_id = ? AND event_id IS ? AND endpoint_id = ?",
        (row.request_id, stored_id(row.event) or None, stored_id(row.endpoint)),
    ).fetchone()
    return _rejected(store, found[0])[1] if found else None
