"""Turns SIGINT and SIGTERM into one request to stop, however often they come at once."""

import asyncio
import os
import signal

# A supervisor signals the whole process group, and `make` passes its signal on: that is one stop.
SAME_STOP_SECONDS = 1


class StopSignals:
    """Waits for a signal to stop; a second one after a moment ends the process at once."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._first_at = 0.0
        for number in (signal.SIGINT, signal.SIGTERM):
            # The loop calls `_stop` between two steps: no lock is taken inside a signal handler.
            self._loop.add_signal_handler(number, self._stop)

    async def wait(self) -> None:
        """Return once a signal has come."""
        await self._stopping.wait()

    def _stop(self) -> None:
        if not self._stopping.is_set():
            self._first_at = self._loop.time()
            self._stopping.set()
        elif self._loop.time() - self._first_at > SAME_STOP_SECONDS:
            os._exit(1)
