"""What the gateway logs, for a test to read."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from logging import StreamHandler
from typing import Any

from putevents.observability import logger


class Log:
    """What the logger writes."""

    def __init__(self) -> None:
        self.text = StringIO()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.getvalue().splitlines()]


@contextmanager
def captured_log() -> Iterator[Log]:
    """What is logged until the block ends."""
    [handler] = [h for h in logger.handlers if isinstance(h, StreamHandler)]
    log = Log()
    stdout = handler.setStream(log.text)
    yield log
    handler.setStream(stdout)
