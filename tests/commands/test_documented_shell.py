"""What the pages tell a reader to type works, in an empty environment and in a year's time."""

import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from tests.commands.documented_reasons import ELSEWHERE, NEED_AWS
from tests.commands.documented_shell import Typed, markers, typed, unclear
from tests.commands.page_reader import FAKETIME, NO_ACCOUNT, Reader, year_ahead
from tests.commands.page_reader import _gateway as _gateway  # a fixture
from tests.commands.page_reader import _reader as _reader  # a fixture

TYPED = typed()


def starting(*starts: str) -> list[Typed]:
    return [one for one in TYPED if one.text.startswith(starts)]


# test_documented_aws.py has AWS's own commands, but for those that go to a gateway.
OF_AWS = [one for one in starting("aws ") if one not in starting("aws pinpoint ", *ELSEWHERE)]
HERE = [one for one in TYPED if one not in [*OF_AWS, *starting(*ELSEWHERE, *NEED_AWS)]]
HERE += [
    one
    for one in starting(*NEED_AWS)
    if one not in starting(*ELSEWHERE)
    if "--data-dir" in one.text
    or '"--url http://127' in one.text
    or re.match("make import-endpoints .*--dry-run", one.text)
]
AT_AWS = [one for one in starting(*NEED_AWS) if one not in [*HERE, *starting(*ELSEWHERE)]]


def named(found: list[Typed]) -> list[object]:
    """Each command once, whatever its comment, though several pages have it."""
    once = {(one.before, re.sub(r"\s+# .*$", "", one.text)): one for one in reversed(found)}
    return [pytest.param(one, id=f"{one.page}: {one.text[:60]}") for one in reversed(once.values())]


def test_commands_run_with_the_clock_a_year_ahead() -> None:
    if not FAKETIME:
        pytest.skip("faketime is not installed here: commands run as of today")
    said = subprocess.run([*year_ahead(), "date", "+%s"], capture_output=True, text=True, timeout=9)
    assert datetime.fromtimestamp(int(said.stdout), UTC) > datetime.now(UTC) + timedelta(days=364)


@pytest.mark.parametrize("typed", named(HERE))
def test_a_command_does_what_its_page_says(typed: Typed, gateway: Reader) -> None:
    done = gateway.types(typed)

    assert done.returncode == 0, done.stderr or done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_the_samples_are_of_the_day_on_which_they_are_sent(gateway: Reader) -> None:
    for sample in starting("curl", "aws pinpoint"):
        if sample.page == "README.md":
            assert gateway.types(sample).returncode == 0

    charts = gateway.types(Typed("", "make -s sql NAME=daily_active_endpoints"))
    year = datetime.now(UTC).year + (1 if FAKETIME else 0)
    assert re.search(rf"^my-app +\| {year}-", charts.stdout, re.MULTILINE), charts


@pytest.mark.parametrize("typed", named(AT_AWS))
def test_without_an_account_a_command_says_so(typed: Typed, reader: Reader) -> None:
    done = reader.types(typed, AWS_EC2_METADATA_DISABLED="true")

    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "Traceback" not in said
    assert NO_ACCOUNT.search(said), said


def test_there_are_commands_of_each_kind() -> None:
    assert {one.page for one in HERE} >= {
        "README.md",
        "docs/clients.md",
        "docs/put-events.md",
        "docs/lake.md",
    }
    assert len(HERE) >= 12
    assert {*markers(HERE)} >= {".venv/run", ".venv/sql", ".venv/dev", ".venv-load/ready"}
    assert len(AT_AWS) >= 15


def test_no_block_hides_a_command() -> None:
    assert unclear() == []
