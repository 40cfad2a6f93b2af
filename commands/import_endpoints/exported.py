"""An endpoint as Pinpoint exported it: validated, and since when each thing about it holds."""

from typing import Any, NamedTuple
from uuid import UUID, uuid5

from pydantic import TypeAdapter, ValidationError

from putevents.endpoints.update import Change
from putevents.ingest.validate import leave_out, validate_endpoint
from putevents.wire.arrival import Arrival
from putevents.wire.rules import Rejection
from putevents.wire.schemas import PublicEndpoint
from putevents.wire.timestamps import Timestamp, milliseconds

_NAMESPACE = UUID("6f1c2f3e-1e2a-4a57-9d0f-3f6c8c0f8a11")  # made up, once and for all
_TIMESTAMP: TypeAdapter[str] = TypeAdapter(Timestamp)


class BadLineError(Exception):
    """A line that is no endpoint; the text is the rule that it breaks."""


class Exported(NamedTuple):
    """An endpoint's id, and what the export says of it."""

    id: str
    change: Change


def exported(found: dict[str, Any], size: int, now: int) -> Exported:
    """Validate what was `size` bytes in a file; `now` is Unix time in ms."""
    id_ = found.get("Id")
    if id_ is not None and not isinstance(id_, str):
        raise BadLineError("Input should be a valid string (Id)")
    try:
        endpoint = PublicEndpoint.model_validate(found)
    except ValidationError as error:
        raise BadLineError(Rejection.of(error, PublicEndpoint).message) from None
    if left_out := leave_out(endpoint):  # here it can be set right, and it decides what is newer
        raise BadLineError(left_out.message)
    id_ = id_ or _made_up_id(endpoint)
    valid = validate_endpoint(id_, endpoint, size)
    if isinstance(valid, Rejection):
        raise BadLineError(valid.message)
    return Exported(id_, _dated(id_, valid, _creation_date(found), now))


def _made_up_id(endpoint: PublicEndpoint) -> str:
    """An id for an endpoint without one, as in files that segments were imported from.

    Pinpoint made up a random one. This one is the same whenever the line is imported again.
    """
    if endpoint.address and endpoint.channel_type:
        known = f"{endpoint.channel_type}\0{endpoint.address}"
    elif endpoint.user and not isinstance(endpoint.user, Rejection) and endpoint.user.user_id:
        known = f"\0{endpoint.user.user_id}"
    else:
        raise BadLineError("Missing Id, or Address and ChannelType, or User.UserId")
    return str(uuid5(_NAMESPACE, known))


def _creation_date(found: dict[str, Any]) -> str | None:
    date = found.get("CreationDate")
    try:
        return date if date is None else _TIMESTAMP.validate_python(date)
    except ValidationError as error:
        rule = Rejection.of(error, Timestamp).rule
        raise BadLineError(f"{rule} (CreationDate)") from None


def _dated(id_: str, endpoint: PublicEndpoint, creation_date: str | None, now: int) -> Change:
    """The update that set all this.

    EffectiveDate says when the endpoint was last updated, by the clock of the app. What a gateway
    has heard from the app since then is newer, unless that clock was wrong: a date in the future
    would win over every client from now on, and one before CreationDate, which is of the service's
    own clock, cannot be. Without any date all that a client ever said is taken to be newer.
    """
    created = _past(creation_date, now)
    assert not isinstance(endpoint.effective_date, Rejection)  # noqa: S101 # it was left out
    updated = max(_past(endpoint.effective_date, now), created)
    # The same stamp whenever the line is imported again, and another one for each endpoint: of two
    # with one address and one date the same one stays active in whatever order they come.
    arrival = Arrival(f"import/{id_}", updated)
    return Change(endpoint, arrival, created or updated or now)


def _past(date: str | None, now: int) -> int:
    """A date that can be true in Unix time in ms, or 0."""
    moment = milliseconds(date) if date else 0
    return moment if 0 < moment <= now else 0
