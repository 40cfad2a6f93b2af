"""How an endpoint changes when a client sends it again: Pinpoint's rules of a partial update."""

import secrets
from datetime import UTC, datetime
from typing import Any

Document = dict[str, Any]  # an endpoint as JSON, in Pinpoint's own names


def new_endpoint() -> Document:
    """What the service itself gives an endpoint when it first hears of it."""
    return {
        "CohortId": str(secrets.randbelow(100)),
        "CreationDate": datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
        "EndpointStatus": "ACTIVE",
        "OptOut": "ALL",
    }


def merge_endpoint(stored: Document, update: Document) -> Document:
    """The stored endpoint after an update: what is omitted, or sent as `{}`, stays as it was."""
    if not _says_something(update):
        return stored
    # An update wakes an endpoint, unless it says INACTIVE itself.
    merged = _merge(stored, {"EndpointStatus": "ACTIVE", **update})
    location = merged.get("Location", {})
    for degrees in ("Latitude", "Longitude"):
        if degrees in location:
            location[degrees] = round(location[degrees], 1)
    return merged


def share_user(before: Document, merged: Document, update: Document, shared: Document) -> Document:
    """A merged endpoint with the UserAttributes that all endpoints of its user have.

    What was known of another user stays behind; what was known of nobody yet comes along.
    """
    user, former = merged["User"], before.get("User", {})
    own = former.get("UserAttributes", {})
    if former.get("UserId") and former["UserId"] != user["UserId"]:
        own = {}
    sent = update.get("User", {}).get("UserAttributes", {})
    return {**merged, "User": {**user, "UserAttributes": {**own, **shared, **sent}}}


def _merge(stored: Document, update: Document) -> Document:
    """Objects merge key by key, at any depth; lists, texts and numbers replace what was there."""
    merged = dict(stored)
    for key, value in update.items():
        merged[key] = _merge(stored.get(key, {}), value) if isinstance(value, dict) else value
    return merged


def _says_something(update: Document) -> bool:
    return any(_says_something(v) if isinstance(v, dict) else True for v in update.values())
