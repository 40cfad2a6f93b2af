"""Share the tests out among processes, and let each be stopped by Ctrl-C."""

import signal
from pathlib import Path

import pytest

# What starts something for the whole run stays in one process; the longest comes first.
TOGETHER = ("deployed", "clients", "infra", "lake", "local")
TESTS = Path(__file__).parent


def pytest_configure() -> None:
    """Take Ctrl-C, which a shell lets what it starts in the background ignore."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _group(item: pytest.Item) -> str:
    folder = item.path.relative_to(TESTS).parts[0]
    return folder if folder in TOGETHER else item.path.relative_to(TESTS).as_posix()


def _turn(item: pytest.Item) -> int:
    group = _group(item)
    return TOGETHER.index(group) if group in TOGETHER else len(TOGETHER)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep together what shares a deployment or a gateway, if several processes run the tests."""
    if not getattr(config.option, "loadgroup", False):
        return
    items.sort(key=_turn)
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
