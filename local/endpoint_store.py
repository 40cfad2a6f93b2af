"""The endpoints in the SQLite file: partial updates, users, and what one user may have."""

import json
import sqlite3
from typing import cast

from local.endpoints import Document, merge_endpoint, new_endpoint, share_user
from putevents.wire.rules import MAX_ENDPOINTS_PER_USER, TOO_MANY_ENDPOINTS
from putevents.wire.schemas import (
    DEVICE_CHANNELS,
    EndpointResponse,
    PublicEndpoint,
)

_ONE = "application_id = :application_id AND endpoint_id = :endpoint_id"
_OF_USER = "application_id = :application_id AND user_id = :user_id"


class EndpointRefusedError(Exception):
    """The update breaks a rule that only the other endpoints can tell."""


class EndpointStore:
    """The table `endpoints`, used inside somebody's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """An endpoint as Pinpoint shows it, or None."""
        key = {"application_id": application_id, "endpoint_id": endpoint_id}
        return next(iter(self._shown(_ONE, key)), None)

    def of_user(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """The endpoints of a user as Pinpoint shows them."""
        return self._shown(_OF_USER, {"application_id": application_id, "user_id": user_id})

    def delete(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """Forget an endpoint; what it was, or None."""
        key = {"application_id": application_id, "endpoint_id": endpoint_id}
        found = self.get(**key)
        self._connection.execute(f"DELETE FROM endpoints WHERE {_ONE}", key)  # noqa: S608 # ours
        return found

    def delete_of_user(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """Forget the endpoints of a user; what they were."""
        key = {"application_id": application_id, "user_id": user_id}
        found = self.of_user(**key)
        self._connection.execute(f"DELETE FROM endpoints WHERE {_OF_USER}", key)  # noqa: S608 # ours
        return found

    def upsert(self, application_id: str, endpoint_id: str, update: PublicEndpoint) -> None:
        """Change what the update names and keep the rest; `{}` only makes the endpoint exist."""
        key = {"application_id": application_id, "endpoint_id": endpoint_id}
        sent = update.model_dump(by_alias=True, exclude_none=True)
        stored = next((document for _, document in self._find(_ONE, key)), None)
        before = stored or new_endpoint()
        merged = merge_endpoint(before, sent)
        if merged is not before:
            merged = self._join_user(key, before, merged, sent)
        if merged == stored:
            return
        self._connection.execute(
            "INSERT INTO endpoints (application_id, endpoint_id, endpoint)"
            " VALUES (:application_id, :endpoint_id, :endpoint) ON CONFLICT"
            " (application_id, endpoint_id) DO UPDATE SET endpoint = :endpoint",
            {**key, "endpoint": json.dumps(merged)},
        )
        if merged.get("Address"):
            self._silence_others({**key, "address": merged["Address"]})

    def _join_user(
        self, key: dict[str, str], before: Document, merged: Document, sent: Document
    ) -> Document:
        """The endpoint with what it shares with the other endpoints of its user."""
        user_id = merged.get("User", {}).get("UserId")
        if not user_id:
            return merged
        of_user = {**key, "user_id": user_id}
        others = self._find(f"{_OF_USER} AND endpoint_id <> :endpoint_id", of_user)
        if before.get("User", {}).get("UserId") != user_id:
            self._make_room(key, merged, others)
        shared = others[0][1]["User"].get("UserAttributes", {}) if others else {}
        merged = share_user(before, merged, sent, shared)
        attributes = json.dumps(merged["User"]["UserAttributes"])
        self._change(
            "json_set(endpoint, '$.User.UserAttributes', json(:attributes))",
            _OF_USER,
            {**of_user, "attributes": attributes},
        )
        return merged

    def _make_room(
        self, key: dict[str, str], joining: Document, others: list[tuple[str, Document]]
    ) -> None:
        """Let a user's oldest device go when a new one is one too many; other channels stay."""
        if len(others) < MAX_ENDPOINTS_PER_USER:
            return
        devices = [pair for pair in others if pair[1].get("ChannelType") in DEVICE_CHANNELS]
        if joining.get("ChannelType") not in DEVICE_CHANNELS or not devices:
            raise EndpointRefusedError(TOO_MANY_ENDPOINTS.message)
        oldest, _ = min(devices, key=lambda pair: str(pair[1].get("EffectiveDate", "")))
        self._change(
            "json_set(json_remove(endpoint, '$.User'), '$.EndpointStatus', 'INACTIVE')",
            _ONE,
            {**key, "endpoint_id": oldest},
        )

    def _silence_others(self, updated: dict[str, str]) -> None:
        """Messages to an address go through the endpoint that was updated last."""
        self._change(
            "json_set(endpoint, '$.EndpointStatus', 'INACTIVE')",
            "application_id = :application_id AND address = :address"
            " AND endpoint_id <> :endpoint_id",
            updated,
        )

    def _change(self, changed: str, where: str, values: dict[str, str]) -> None:
        self._connection.execute(
            f"UPDATE endpoints SET endpoint = {changed} WHERE {where}",  # noqa: S608 # ours
            values,
        )

    def _find(self, where: str, values: dict[str, str]) -> list[tuple[str, Document]]:
        found = self._connection.execute(
            f"SELECT endpoint_id, endpoint FROM endpoints WHERE {where} ORDER BY rowid",  # noqa: S608 # ours
            values,
        )
        return [(endpoint_id, json.loads(text)) for endpoint_id, text in found]

    def _shown(self, where: str, values: dict[str, str]) -> list[EndpointResponse]:
        ids = {"ApplicationId": values["application_id"]}
        found = self._find(where, values)
        return [cast(EndpointResponse, {**ids, "Id": id_, **doc}) for id_, doc in found]
