"""Counts the requests that are being answered, so that stopping can wait for them."""

import threading


class InFlight:
    """The requests that have been read and not yet answered."""

    def __init__(self) -> None:
        self._count = 0
        self._draining = False
        self._changed = threading.Condition()

    def enter(self, *, even_when_draining: bool) -> bool:
        """Whether the request may be answered; one that may must `leave` at the end."""
        with self._changed:
            if self._draining and not even_when_draining:
                return False
            self._count += 1
            return True

    def leave(self) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def drain(self, seconds: float) -> None:
        """Let no new request in, and wait for those that are in."""
        with self._changed:
            self._draining = True
            self._changed.wait_for(lambda: self._count == 0, seconds)
