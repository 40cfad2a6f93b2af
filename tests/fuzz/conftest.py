"""The environment of every unit test, and a log that other tests find as it was."""

from collections.abc import Iterator
from typing import Any

import pytest

from putevents.observability import logger
from tests.unit import conftest  # noqa: F401


@pytest.fixture(autouse=True)
def _log_as_it_was() -> Iterator[None]:
    handlers: Any = logger._logger.handlers
    streams = [handler.stream for handler in handlers]
    yield
    for handler, stream in zip(handlers, streams, strict=True):
        handler.stream = stream
