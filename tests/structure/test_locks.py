"""Each lock file is whole for every pip that Python 3.11 and its successors bring along."""

import subprocess
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCKS = subprocess.check_output(["git", "ls-files", "*requirements.txt"], cwd=ROOT, text=True)


def locked(lock: Path) -> dict[str, Requirement]:
    """What a lock file pins, by name."""
    lines = [line.rstrip(" \\") for line in lock.read_text().splitlines()]
    pins = [Requirement(line) for line in lines if line and line[0] not in " #-"]
    return {pin.name: pin for pin in pins}


def wanted(pin: Requirement) -> list[Requirement]:
    """What a package asks for, if it is installed here."""
    try:
        found = [Requirement(text) for text in requires(pin.name) or []]
    except PackageNotFoundError:
        return []
    extras = ["", *pin.extras]
    return [
        one
        for one in found
        if not one.marker or any(one.marker.evaluate({"extra": e}) for e in extras)
    ]


@pytest.mark.parametrize("lock", LOCKS.split())
def test_a_package_is_locked_with_the_extras_that_others_want_of_it(lock: str) -> None:
    """The pip of Python 3.11 takes `coverage[toml]` for another package than `coverage==7.17.4`.

    It would look for its newest version, and find it without a hash as soon as there is one.
    """
    pins = locked(ROOT / lock)
    assert pins
    lacking = [
        f"{pin.name} wants {one}"
        for pin in pins.values()
        for one in wanted(pin)
        if one.name in pins and not one.extras <= pins[one.name].extras
    ]

    assert not lacking, "make lock"
