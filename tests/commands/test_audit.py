"""`make audit`: what the tools say is read, and a source that does not answer is told as such."""

import json
from pathlib import Path

import pytest

from commands.audit.advisories import Advisory, Answer, locks, read_npm, read_pip
from commands.audit.audit_command import exit_code, line
from commands.exit_codes import ExitCode

ROOT = Path(__file__).parents[2]
CLEAN = {"name": "six", "version": "1.17.0", "vulns": []}
BAD = {
    "name": "urllib3",
    "version": "1.26.0",
    "vulns": [{"id": "PYSEC-2021-108", "fix_versions": ["1.26.5", "2.0.2"], "aliases": []}],
}
# pip-audit's own words.
SKIPPED = {
    "name": "six",
    "skip_reason": "Dependency not found on PyPI and could not be audited: six (1.17.0)",
}
# As npm prints them, shortened.
NPM_REPORT = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "minimist": {
            "range": "<=0.2.3",
            "via": [{"url": "https://github.com/advisories/GHSA-xvch-5gv4-984h"}],
            "fixAvailable": True,
        },
        "mkdirp": {"range": "0.4.1", "via": ["minimist"], "fixAvailable": True},
    },
    "metadata": {"dependencies": {"total": 3}},
}


def pip(*packages: object) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_every_lock_file_is_audited() -> None:
    found = {str(path.relative_to(ROOT)) for path in locks(ROOT)}
    makefile = (ROOT / "Makefile").read_text()

    assert {"requirements.txt", "lambda_src/requirements.txt", "infra/package-lock.json"} <= found
    assert [
        path for path in found if Path(path).name == "requirements.txt" and path not in makefile
    ] == []


@pytest.mark.parametrize("lock", locks(ROOT), ids=str)
def test_every_lock_file_has_hashes(lock: Path) -> None:
    if lock.name == "requirements.txt":
        text = lock.read_text().replace("\\\n", "")
        lines = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
        assert lines
        assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []
    else:
        packages = json.loads(lock.read_text())["packages"]
        assert len(packages) > 1
        assert [p for p, what in packages.items() if p and "integrity" not in what] == []


def test_an_advisory_of_pips_is_told_with_what_fixes_it() -> None:
    answer = read_pip(pip(CLEAN, BAD), "")

    assert answer == Answer([Advisory("urllib3 1.26.0", "PYSEC-2021-108", "1.26.5 or 2.0.2")], 2)


def test_what_pip_audit_skipped_is_not_clean() -> None:
    answer = read_pip(pip({"name": "six", "skip_reason": "too slow: six (1.17.0)"}, CLEAN), "")

    assert (answer.packages, answer.advisories) == (1, [])
    assert "six (1.17.0)" in answer.unasked
    assert exit_code([Answer([], 5), answer]) == ExitCode.NO_ANSWER


def test_a_package_that_pypi_does_not_have_is_no_source_that_does_not_answer() -> None:
    one_of_two, none = read_pip(pip(SKIPPED, CLEAN), ""), read_pip(pip(SKIPPED, SKIPPED), "")

    assert line(one_of_two) == (
        "no advisories about 1 packages; not audited, for PyPI's JSON API has no six: "
        "withdrawn, or never there."
    )
    assert line(none).startswith(
        "not audited, for PyPI's JSON API has none of 2 packages: an index"
    )
    assert exit_code([Answer([], 5), one_of_two]) == ExitCode.NO_ANSWER
    assert exit_code([none]) == ExitCode.NO_ANSWER


def test_a_traceback_of_pip_audit_is_its_last_line() -> None:
    answer = read_pip("", "Traceback (most recent call last):\n  File\nProxyError: refused\n")

    assert answer.unasked == "ProxyError: refused"


def test_an_advisory_of_npms_is_told_once() -> None:
    answer = read_npm(json.dumps(NPM_REPORT), "")

    link = "https://github.com/advisories/GHSA-xvch-5gv4-984h"
    assert answer == Answer([Advisory("minimist <=0.2.3", link, "newer")], 3)


@pytest.mark.parametrize(
    ("output", "errors"),
    [
        (json.dumps({"message": "405 Method Not Allowed", "error": {"summary": ""}}), ""),
        (json.dumps({"error": {"summary": "405 Method Not Allowed"}}), ""),
        ("", "npm error\n405 Method Not Allowed\n"),
    ],
)
def test_npm_without_a_source_says_why(output: str, errors: str) -> None:
    assert read_npm(output, errors).unasked == "405 Method Not Allowed"


def test_an_advisory_goes_before_what_is_not_known() -> None:
    known = Answer([Advisory("urllib3 1.26.0", "PYSEC-2021-108", "")], 1)

    assert exit_code([Answer([], unasked="refused"), known]) == ExitCode.REJECTED
    assert exit_code([Answer([], 9)]) == ExitCode.DONE
