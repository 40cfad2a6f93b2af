"""What one process holds: settings, destinations, retry queue, breakers; made once, handed on."""

from dataclasses import dataclass
from typing import NamedTuple, Self

from putevents.breaker import Breaker
from putevents.destinations import Destination, Home, load_destination, load_home
from putevents.errors import UnknownApplicationError, UnknownDestinationError
from putevents.queue.retry import RetryQueue
from putevents.settings import Settings


class Follower(NamedTuple):
    """A destination beside home; it is given what home has."""

    name: str
    destination: Destination
    breaker: Breaker


@dataclass(frozen=True)
class Gateway:
    """Shared by all invocations of a process; threads may share it too."""

    settings: Settings
    home: Home
    retry_queue: RetryQueue
    breaker: Breaker  # of home
    followers: tuple[Follower, ...] = ()

    @classmethod
    def load(cls, settings: Settings | None = None, home: Home | None = None) -> Self:
        """Make the gateway that the environment describes, with another home if given."""
        settings = settings or Settings.load()
        first, *others = settings.destination
        # As long as the first wait on the queue, so that the retry is let through again.
        seconds = settings.retry_delay_seconds
        followers = (
            Follower(name, load_destination(name), Breaker(seconds, destination=name))
            for name in others
        )
        return cls(
            settings,
            home or load_home(first),
            RetryQueue(settings),
            Breaker(seconds, destination=first if others else ""),
            tuple(followers),
        )

    def check_serves(self, application_id: str) -> None:
        """Raise UnknownApplicationError unless the gateway serves the application."""
        if not self.settings.serves(application_id):
            raise UnknownApplicationError

    def check_has_any(self, destinations: tuple[str, ...]) -> None:
        """Raise UnknownDestinationError if the gateway has none of those that are named."""
        if destinations and not {*destinations} & {*self.settings.destination}:
            raise UnknownDestinationError

    def close_breakers(self, application_id: str) -> None:
        """Let the next calls to all destinations through."""
        self.breaker.close(application_id)
        for follower in self.followers:
            follower.breaker.close(application_id)
