"""Who is to be forgotten, and which parts of what is stored are that person's."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from commands.exit_codes import StoppedError
from commands.forget.naming import names, users_in
from putevents.endpoints.keys import endpoint_key


@dataclass
class Person:
    """A user, or one endpoint of an application.

    `endpoints` are those that the user has now, by application and key, and `seen` those that the
    user's events told of, as far as they are known yet.
    """

    user_id: str | None = None
    endpoint_id: str | None = None
    application_id: str | None = None
    with_endpoints: bool = False
    endpoints: set[tuple[str, str]] = field(default_factory=set)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """An endpoint is known from the beginning."""
        if self.endpoint_id is not None and self.application_id is not None:
            self.add(self.application_id, self.endpoint_id)

    def add(self, application_id: str, endpoint_id: str) -> None:
        """Note an endpoint that the person has now."""
        self.endpoints.add((application_id, endpoint_key(endpoint_id)))

    def see(self, application_id: str, endpoint_id: str) -> None:
        """Note an endpoint that the person has had."""
        if endpoint_id:
            self.seen.add((application_id, endpoint_key(endpoint_id)))

    def keys_in(self, application_id: str) -> list[str]:
        """The keys of the person's endpoints in an application."""
        return sorted(key for app, key in self.endpoints | self.seen if app == application_id)

    def has(self, application_id: str, endpoint_id: str) -> bool:
        """Whether an endpoint is or was the person's; ids that differ in case only are one's."""
        found = (application_id, endpoint_key(endpoint_id))
        return found in self.endpoints or found in self.seen

    def is_in(self, application_id: str) -> bool:
        """Whether the person is looked for in an application."""
        return self.application_id in (None, application_id)

    def applications(self, known: list[str]) -> list[str]:
        """Those of the known applications in which the person is looked for."""
        if self.application_id is None:
            return known
        if self.application_id not in known:
            raise StoppedError(
                f"There is no application {self.application_id!r} here, but {', '.join(known)}."
            )
        return [self.application_id]

    def has_record(self, record: Any) -> bool:
        """Whether a record of `raw_events` is the person's."""
        application_id = _text(record, "application", "app_id")
        user_id = _text(record, "endpoint", "user", "userid")
        if not self.is_in(application_id):
            return False
        if self.user_id is not None and user_id == self.user_id:
            return True
        is_whole = self.endpoint_id is not None or (self.with_endpoints and not user_id)
        return is_whole and self.has(application_id, _text(record, "client", "client_id"))

    def has_rejected(self, record: Any) -> bool:
        """Whether a row of `rejected_events` is; an event in it does not say whose it was."""
        application_id = _text(record, "application_id")
        if not self.is_in(application_id):
            return False
        return self.has(application_id, _text(record, "endpoint_id")) or (
            self.user_id is not None and self.user_id in users_in(_text(record, "event"))
        )

    def has_failed(self, record: Any) -> bool:
        """Whether what Firehose could not store is; an event tells of an endpoint as others do."""
        is_event = self.has_record(record)
        if is_event and self.user_id is not None:
            place = (_text(record, "application", "app_id"), _text(record, "client", "client_id"))
            self.see(*place)
        return is_event or self.has_rejected(record)

    def has_part(self, application_id: Any, endpoint_id: str, *endpoints: Any) -> bool:
        """Whether the part of a message is that has this endpoint id and these endpoints in it.

        If a message does not say its application, only a user of any application is in it.
        """
        if not isinstance(application_id, str):
            application_id = ""
        if not self.is_in(application_id):
            return False
        users = {_text(endpoint, "User", "UserId") for endpoint in endpoints} - {""}
        if self.user_id is not None and self.user_id in users:
            return True
        is_whole = self.endpoint_id is not None or not users
        return is_whole and (application_id, endpoint_key(endpoint_id)) in self.endpoints

    def is_named_in(self, text: str) -> bool:
        """Whether a text that cannot be read names the person, or an endpoint the person has."""
        return names(
            text, [self.user_id] if self.user_id else [], {id_ for _, id_ in self.endpoints}
        )

    def digests(self) -> dict[str, str]:
        """Whom a receipt is about, without the ids: who knows them can compare."""
        named = {"user": self.user_id, "endpoint": self.endpoint_id}
        shown = {name: f"sha256:{digest(id_)}" for name, id_ in named.items() if id_ is not None}
        return shown | ({"application": self.application_id} if self.application_id else {})


def digest(text: str) -> str:
    """The SHA-256 of a text in hexadecimal."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _text(document: Any, *path: str) -> str:
    """A text inside of a document of any shape; empty if there is none."""
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document if isinstance(document, str) else ""
