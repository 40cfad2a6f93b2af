"""What the tests of commands stand on: a gateway as `make run` starts it, and commands for it."""

import pytest

from tests.clients.conftest import _app, _gateway, _run  # noqa: F401 # fixtures
from tests.clients.programs import Program
from tests.commands.running_send import Command
from tests.local.conftest import _start_gateway  # noqa: F401 # a fixture


@pytest.fixture(name="put_events")
def _put_events(run: Program) -> Command:
    """Runs `send` against the gateway."""
    return Command(run, run.url)
