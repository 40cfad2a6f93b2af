"""What a cold start may load. A module more is paid for by every cold start, so it is named here.

Other packages by two parts of their names, the standard library by one, with how many modules.
"""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from infra import interpreter
from infra.bundle import bundle
from tests.infra.packaged import run
from tests.infra.test_bundle import HERE, OWN, PINNED

BUDGET = Path(__file__).parent / "cold_start_modules.json"
# Slack for a patch release of Python or a dependency; a package more is never slack, nor is a
# module of our own. There are 300 names, so all of them together have little.
MORE_MODULES = 3
MORE_IN_ALL = 6


def cost(package: Path, python: Path, destination: str) -> dict[str, tuple[int, int]]:
    """By name: how many modules both doors and an answer of each load, and bytes of bytecode."""
    ran = run(package, python, DESTINATION=destination)
    found: dict[str, list[int]] = defaultdict(list)
    for module in ran.modules:
        parts = module.split(".")
        base = package.joinpath(*parts)
        is_packaged = package.joinpath(parts[0]).exists() or list(package.glob(f"{parts[0]}.*"))
        files = [base.with_suffix(".pyc"), base / "__init__.pyc"]  # of our own in a folder:
        files += base.parent.glob(f"__pycache__/{base.name}.*.pyc")
        files += base.glob("__pycache__/__init__.*.pyc")
        size = sum(file.stat().st_size for file in files if file.exists())
        found[".".join(parts[: 2 if is_packaged else 1])].append(size)
    return {name: (len(sizes), sum(sizes)) for name, sizes in found.items()}


def over(found: dict[str, tuple[int, int]], budget: dict[str, int]) -> list[str]:
    """What is over the budget: names that are, or if all are together, each that has grown."""
    grown = {name: modules - budget.get(name, 0) for name, (modules, _) in found.items()}
    too_much = {name for name, more in grown.items() if more > _slack(name, budget)}
    more_in_all = sum(modules for modules, _ in found.values()) - sum(budget.values())
    if not too_much and more_in_all > MORE_IN_ALL:
        too_much = {name for name, more in grown.items() if more > 0}
    return [
        f"{name}: {found[name][0]} modules instead of {budget.get(name, 0)}, "
        f"{found[name][1]} bytes of bytecode"
        for name in sorted(too_much)
    ]


def _slack(name: str, budget: dict[str, int]) -> int:
    is_own = name.partition(".")[0] == "putevents"
    return 0 if is_own or name not in budget else MORE_MODULES


@pytest.mark.parametrize("destination", ["pinpoint", "lake"])
def test_a_cold_start_loads_nothing_new(destination: str) -> None:
    python = interpreter.find(PINNED.removeprefix("python"))
    if python is None:
        pytest.skip(f"the budget is for {PINNED}; this machine has no such interpreter, but {OWN}")
    budget: dict[str, int] = json.loads(BUDGET.read_text())[destination]

    found = cost(bundle(HERE, PINNED), python.path, destination)

    assert over(found, budget) == [], (
        f"is it worth its time at each cold start? then it goes into {BUDGET.name}"
    )


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({}, []),
        ({"json": 3, "http": 3}, []),
        ({"json": 4}, ["json"]),
        ({"json": 3, "http": 3, "xml": 1}, ["http", "json", "xml"]),  # each has slack, not all
        ({"xml": 3, "json": 3, "http": 3, "email": -3}, []),
        ({"putevents.wire": 1}, ["putevents.wire"]),
        ({"asyncio": 1}, ["asyncio"]),
    ],
)
def test_slack_is_for_patch_releases_only(more: dict[str, int], names: list[str]) -> None:
    budget = {"json": 5, "http": 1, "xml": 9, "email": 4, "putevents.wire": 14}
    found = {name: (budget.get(name, 0) + more.get(name, 0), 100) for name in {*budget, *more}}

    assert [line.partition(":")[0] for line in over(found, budget)] == names


def test_followers_load_nothing_but_their_own_code() -> None:
    found = interpreter.find(PINNED.removeprefix("python"))
    if found is None:
        pytest.skip(f"this machine has no {PINNED}, but {OWN}")
    package = bundle(HERE, PINNED)
    alone, with_them = (
        set(run(package, found.path, DESTINATION=destination).modules)
        for destination in ("lake", "lake,stream,bus")
    )

    more = with_them - alone
    assert {f"putevents.destinations.{name}" for name in ("bus", "stream")} <= more
    assert {name for name in more if not name.startswith("putevents.")} == set()


@pytest.mark.parametrize(
    "heavy",
    ["asyncio", "aws_xray_sdk.ext", "pydantic.v1", "aws_lambda_powertools.utilities.batch", "pip"],
)
def test_the_budget_has_nothing_that_was_cut(heavy: str) -> None:
    budgets: dict[str, dict[str, int]] = json.loads(BUDGET.read_text())

    assert not any(heavy in budget for budget in budgets.values())
