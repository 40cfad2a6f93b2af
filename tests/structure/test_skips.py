"""CI skips no test for a missing program."""

import re
from pathlib import Path

import pytest

from tests.skips import ALLOWED

pytest_plugins = ["pytester"]
TESTS = Path(__file__).parents[1]
SKIPPED = """
import pytest

@pytest.fixture
def browser():
    pytest.skip("/usr/bin/chromium is not installed here")

def test_page(browser): ...

@pytest.mark.skipif(True, reason="there is no curl here")
def test_curl(): ...

def test_disk():
    pytest.skip("no small disk can be mounted here")

@pytest.mark.xfail
def test_expected():
    assert False

def test_other(): ...
"""


@pytest.mark.parametrize(
    ("variable", "skipped"), [("", {"skipped": 3}), ("1", {"skipped": 1, "errors": 2})]
)
def test_a_missing_program_skips_a_test_but_fails_it_in_ci(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    skipped: dict[str, int],
) -> None:
    monkeypatch.setenv("NO_SKIPS", variable)
    pytester.makeconftest("from tests.skips import pytest_runtest_makereport")
    pytester.makepyfile(SKIPPED)

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=1, xfailed=1, **skipped)


def test_the_projects_own_tests_have_that_hook() -> None:
    assert "pytest_runtest_makereport" in (TESTS / "conftest.py").read_text()


def test_each_reason_that_ci_allows_is_one_of_a_test() -> None:
    texts = [p.read_text() for p in TESTS.rglob("test_*.py") if p != Path(__file__)]
    reasons = " ".join(re.findall(r'(?:skip\(|reason=)f?"([^"]+)"', " ".join(texts)))

    for allowed in ALLOWED:
        plain = re.split(r"\\S|python", allowed.replace(r"\.", "."))[0]
        assert plain in reasons, allowed
