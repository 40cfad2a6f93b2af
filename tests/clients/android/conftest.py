"""Sinks that end with their test, and a stand-in for the gateway."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.android.sink_program import SinkProgram
from tests.clients.android.stand_in import StandIn

Start = Callable[..., SinkProgram]


@pytest.fixture(name="stand_in")
def _stand_in() -> Iterator[StandIn]:
    stand_in = StandIn()
    yield stand_in
    stand_in.server.stop()


@pytest.fixture(name="start")
def _start(tmp_path: Path, app: str) -> Iterator[Start]:
    """Starts the sink over the directory of this test; at the end all that run are killed."""
    started: list[SinkProgram] = []

    def start(url: str, *through: str, **options: Any) -> SinkProgram:
        options = {"directory": tmp_path / "queue", "application": app, **options}
        directory, application = options.pop("directory"), options.pop("application")
        started.append(SinkProgram(directory, url, application, *through, **options))
        return started[-1]

    yield start
    for sink in started:
        sink.kill()
