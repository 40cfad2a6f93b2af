"""Turns SIGINT, SIGTERM and SIGHUP into one request to stop, however often they come at once."""

import asyncio
import os
import signal
import time
from typing import Any, Self

# A supervisor signals the whole process group, and `make` passes its signal on: that is one stop.
SAME_STOP_SECONDS = 1
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSignals:
    """Waits for a signal to stop; a second one after a moment ends the process at once."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._first_at: float | None = None

    def __enter__(self) -> Self:
        """Take the signals over; SIGHUP only where it is not ignored, as under `nohup`."""
        for number in STOPS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        """Ignore what comes from now on: the process is ending, with an exit status of its own."""
        # asyncio's own handlers would be reset to the defaults as the loop closes, and a late
        # signal would end the process in another way.
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)

    async def wait(self) -> None:
        """Return once a signal has come."""
        await self._stopping.wait()

    def _stop(self, *_: Any) -> None:
        # Python calls this between any two steps of the main thread, so it must take no lock.
        now = time.monotonic()
        if self._first_at is None:
            self._first_at = now
            self._loop.call_soon_threadsafe(self._stopping.set)
        elif now - self._first_at > SAME_STOP_SECONDS:
            os._exit(1)
