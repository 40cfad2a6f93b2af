"""With NO_SKIPS=1, as in CI, a test that is skipped fails, save for the reasons listed here."""

import os
import re
from collections.abc import Generator
from typing import Any

import pytest

# What GitHub's machine, one of the Pythons or root need not have, and cases that are none. A
# missing program is not among them: a new reason to skip fails in CI until it stands here.
ALLOWED = (
    r"A file system of one's own needs user namespaces, or root\.",
    r"no small disk can be mounted here",
    r"this machine has no address but loopback",
    r"the budget is for python\S+; this machine has no such interpreter",
    r"this machine has no python",
    r"only root can be somebody else",
    r"root reads everything",
    r"this gateway names no operation that lives on",
    r"both values cannot stand beside the same others",
    r"one SQLite file fails as a whole",
    r"a laptop has no Cognito: its store keeps none",
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, pytest.TestReport]:
    """Make a failure of a skip that CI must not have."""
    report: pytest.TestReport = yield
    if os.environ.get("NO_SKIPS") and report.skipped and not hasattr(report, "wasxfail"):
        reason = _reason(report)
        if not any(re.match(allowed, reason) for allowed in ALLOWED):
            report.outcome = "failed"
            report.longrepr = f"NO_SKIPS is set, but this test is skipped: {reason}"
    return report


def _reason(report: pytest.TestReport) -> str:
    place_and_reason = report.longrepr
    assert isinstance(place_and_reason, tuple)
    return place_and_reason[2].removeprefix("Skipped: ")
