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
# Slack for a patch release of Python or a dependency; a package more is never slack.
MORE_MODULES = 3


def cost(package: Path, python: Path, destination: str) -> dict[str, tuple[int, int]]:
    """By name: how many modules both doors and an answer of each load, and bytes of bytecode."""
    ran = run(package, python, DESTINATION=destination)
    found: dict[str, list[int]] = defaultdict(list)
    for module in ran.modules:
        parts = module.split(".")
        base = package.joinpath(*parts)
        is_packaged = package.joinpath(parts[0]).exists() or list(package.glob(f"{parts[0]}.*"))
        files = [base.with_suffix(".pyc"), base / "__init__.pyc"]
        size = sum(file.stat().st_size for file in files if file.exists())
        found[".".join(parts[: 2 if is_packaged else 1])].append(size)
    return {name: (len(sizes), sum(sizes)) for name, sizes in found.items()}


@pytest.mark.parametrize("destination", ["pinpoint", "lake"])
def test_a_cold_start_loads_nothing_new(destination: str) -> None:
    found = interpreter.find(PINNED.removeprefix("python"))
    if found is None:
        pytest.skip(f"the budget is for {PINNED}; this machine has no such interpreter, but {OWN}")
    budget: dict[str, int] = json.loads(BUDGET.read_text())[destination]

    over = [
        f"{name}: {modules} modules instead of {budget.get(name, 0)}, {size} bytes of bytecode"
        for name, (modules, size) in cost(bundle(HERE, PINNED), found.path, destination).items()
        if modules > budget.get(name, -MORE_MODULES) + MORE_MODULES
    ]

    assert over == [], f"is it worth its time at each cold start? then it goes into {BUDGET.name}"


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
