"""Share the tests out among processes, and let each be stopped by Ctrl-C."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.skips import pytest_runtest_makereport as pytest_runtest_makereport  # a hook

# What starts something for a whole run stays in one process; the longest comes first.
TOGETHER = ("deployed", "clients", "infra", "local", "lake")
# They run the functions' own code in their process. Only here is coverage measured: it is slow.
COVERING = ("unit", "endpoints", "access", "lake", "fuzz")


def pytest_configure() -> None:
    """Take Ctrl-C, which a shell lets what it starts in the background ignore."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class ByFolder(LoadScopeScheduling):  # type: ignore[misc] # it has no types
    """Gives a process the tests of a file, or of a folder that shares a deployment or gateway."""

    def _split_scope(self, nodeid: str) -> str:
        return _share(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:
    """Share the tests out so."""
    return ByFolder(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, if several processes run the tests."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _turn(_share(item.nodeid)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Measure coverage in the tests that have to reach all of the code, with their fixtures."""
    plugin = item.config.pluginmanager.getplugin("_cov")  # pytest-cov's, which has a pause
    controller = plugin and plugin.cov_controller
    if controller and controller.started != (_folder(item.nodeid) in COVERING):
        if controller.started:
            controller.pause()
        else:
            controller.resume()
    return (yield)


def _share(nodeid: str) -> str:
    folder = _folder(nodeid)
    return folder if folder in TOGETHER else nodeid.partition("::")[0]


def _folder(nodeid: str) -> str:
    return nodeid.partition("::")[0].split("/")[1]


def _turn(share: str) -> int:
    return TOGETHER.index(share) if share in TOGETHER else len(TOGETHER)
