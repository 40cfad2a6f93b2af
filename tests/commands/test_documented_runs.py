"""`make run` starts with what the pages give it."""

import re
from pathlib import Path

import pytest

from tests.commands.documented_shell import Typed, mentioned, typed
from tests.commands.page_reader import Reader, running
from tests.commands.page_reader import _reader as _reader  # a fixture
from tests.commands.test_documented_shell import named
from tests.deployed.emulator import free_port

RUNS = [
    one for one in [*typed(), *mentioned()] if re.match(r"make run \w+=", one.text)
]  # the gateway of the other tests is `make run` itself


@pytest.mark.parametrize("typed", named(RUNS))
def test_a_gateway_starts_as_a_page_says(typed: Typed, reader: Reader, tmp_path: Path) -> None:
    here = {"PORT": str(free_port()), "DATA_DIR": str(tmp_path)}

    with running(typed, {**reader.environment, **here}):
        assert (tmp_path / "putevents.db").exists()


def test_the_pages_have_some() -> None:
    assert len(RUNS) >= 4
