"""What one process holds: settings, destination, retry queue, breaker; made once and handed on."""

from dataclasses import dataclass
from typing import Self

from putevents.breaker import Breaker
from putevents.destinations import Destination, load_destination
from putevents.errors import UnknownApplicationError
from putevents.queue.retry import RetryQueue
from putevents.settings import Settings


@dataclass(frozen=True)
class Gateway:
    """Shared by all invocations of a process; threads may share it too."""

    settings: Settings
    destination: Destination
    retry_queue: RetryQueue
    breaker: Breaker

    @classmethod
    def load(cls, settings: Settings | None = None, destination: Destination | None = None) -> Self:
        """Make the gateway that the environment describes, with another destination if given."""
        settings = settings or Settings.load()
        return cls(
            settings,
            destination or load_destination(settings),
            RetryQueue(settings),
            # As long as the first wait on the queue, so that the retry is let through again.
            Breaker(settings.retry_delay_seconds),
        )

    def check_serves(self, application_id: str) -> None:
        """Raise UnknownApplicationError unless the gateway serves the application."""
        if not self.settings.serves(application_id):
            raise UnknownApplicationError
