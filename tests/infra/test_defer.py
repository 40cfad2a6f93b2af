"""Imports of dependencies that move into functions, or end the build with a sentence."""

import sys
from pathlib import Path

import pytest

from infra.defer import DEFERRED, NotDeferrableError, defer, moved

SOURCE = '''"""A module."""
import asyncio
import json

class Kept:
    @property
    def one(self):
        """Text."""

        def inner():
            return asyncio.Lock
        return inner()

def two(flag):
    if flag:
        return asyncio.Queue

def three():
    return json
'''
MOVED = '''"""A module."""

import json

class Kept:
    @property
    def one(self):
        """Text."""

        import asyncio
        def inner():
            return asyncio.Lock
        return inner()

def two(flag):
    import asyncio
    if flag:
        return asyncio.Queue

def three():
    return json
'''


def test_the_import_moves_into_each_function_that_uses_it() -> None:
    assert moved(SOURCE, "asyncio") == MOVED


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import asyncio as a\n", "it does not import it as such"),
        ("import asyncio, json\n", "it does not import it as such"),
        ("import asyncio\nLOCK = asyncio.Lock()\n", "line 2 uses it outside functions"),
        ("import asyncio\ndef f(lock=asyncio.Lock): pass\n", "line 2 uses it outside functions"),
        ("import asyncio\ndef f(): asyncio.run()\n", "line 2 has no line of its own"),
    ],
)
def test_what_cannot_move_is_an_error(source: str, why: str) -> None:
    with pytest.raises(NotDeferrableError, match=why):
        moved(source, "asyncio")


def test_a_dependency_that_changed_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotDeferrableError, match=r"cannot import asyncio later .*defer"):
        defer(tmp_path)


def test_the_installed_dependencies_can_be_rewritten() -> None:
    installed = next(Path(p) for p in sys.path if (Path(p) / "wrapt/__init__.py").exists())

    for name, module in DEFERRED.items():
        compile(moved((installed / name).read_text(), module), name, "exec")
