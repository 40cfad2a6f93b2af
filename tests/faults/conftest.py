"""What the fault lab stands on: a known environment, nothing outside of this machine."""

import os
from collections.abc import Iterator

import pytest
from pytest_socket import socket_allow_hosts

from tests.faults.books import Book, books
from tests.unit.doors import ENVIRONMENT

os.environ.update(ENVIRONMENT)

from tests.faults.lab import Lab, running_lab  # it reads the environment


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


@pytest.fixture(name="lab")
def _lab() -> Iterator[Lab]:
    with running_lab() as lab:
        yield lab


@pytest.fixture(name="book")
def _book() -> Book:
    """Takes a balance into the table of the run."""
    return books.add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    if os.environ.get("FAULT_TABLE"):
        for row in books.table():
            terminalreporter.write_line(row)
