"""The commands in the sentences of the pages: make takes each, and those that are quick are run."""

import re
import shlex
import subprocess
from typing import Any

import pytest

from tests.commands.documented_reasons import MENTIONED_ELSEWHERE, NEED_AWS, REFUSED
from tests.commands.documented_shell import ROOT, Typed, mentioned, typed
from tests.commands.page_reader import NO_ACCOUNT, Reader
from tests.commands.page_reader import _gateway as _gateway  # a fixture
from tests.commands.page_reader import _reader as _reader  # a fixture
from tests.commands.test_documented_aws import NAMED as OF_AWS
from tests.commands.test_documented_shell import named, starting

MENTIONED = mentioned()
PYTHON = ".venv/bin/python -m commands"
OF_MAKE = [
    one
    for one in MENTIONED
    if one.text.startswith("make ") and one.text not in (*REFUSED, "make -C")
]
# make reads also those of the blocks that no test runs.
OF_MAKE += [one for one in typed() if one.text.startswith("make ")]
# In a shell each, for what they read or where they go.
IN_A_SHELL = ("git log", "make -s sql <", "curl -i -X POST")
# The commands of these targets answer at once, without an account.
QUICK = ("sql", "flood", "quotas", "doctor")
IN_ONE_PROCESS = [
    one
    for one in MENTIONED
    if not one.text.startswith((*MENTIONED_ELSEWHERE, *IN_A_SHELL))
    if re.match(rf"make ({'|'.join(QUICK)}) |{re.escape(PYTHON)} ", one.text)
    or (one.text.startswith(NEED_AWS) and "=" in one.text)
    if one.text not in REFUSED
    if not re.search(r'"(SELECT )?\.\.\."', one.text)
]


@pytest.mark.parametrize("typed", named(OF_MAKE))
def test_make_takes_a_command(typed: Typed, reader: Reader) -> None:
    done = reader.types(typed._replace(text=re.sub(r"^make ", "make -n ", typed.text)))

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("text", REFUSED)
def test_make_refuses_what_a_page_warns_of(text: str, reader: Reader) -> None:
    assert reader.types(Typed("", text)).returncode != 0


@pytest.mark.parametrize("typed", [one for one in MENTIONED if one.text.startswith(IN_A_SHELL)])
def test_a_command_in_a_shell(typed: Typed, gateway: Reader) -> None:
    done = gateway.types(typed, URL=f"http://127.0.0.1:{gateway.port}")

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.fixture(name="told", scope="module")
def _told(gateway: Reader) -> dict[str, Any]:
    """The status of each command, and what it printed, over a store that has events."""
    [sample, *_] = [one for one in starting("curl") if one.page == "README.md"]
    assert gateway.types(sample).returncode == 0
    calls = [_words(one, gateway) for one in IN_ONE_PROCESS]
    told = gateway.calls("tests.commands.commands_called", calls)
    return {one.text: each for one, each in zip(IN_ONE_PROCESS, told, strict=True)}


def _words(one: Typed, reader: Reader) -> list[str]:
    """What a command, or the recipe of its target, gives to `python -m commands`."""
    text = re.sub(r"\.\./my-app|(?<=PROJECT=)\.|(?<= )\.(?= )", f"{reader.folder}/my-app", one.text)
    text = text.replace("=endpoints.csv", f"={reader.folder}/endpoints.csv")
    if text.startswith(PYTHON):
        return reader.words(text, PYTHON)
    made = subprocess.run(
        ["make", "-n", *shlex.split(text)[1:]], cwd=ROOT, env=reader.environment,
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    [recipe, *_] = [line for line in made.replace("\\\n", "").splitlines() if f"{PYTHON} " in line]
    options = dict(word.split("=", 1) for word in shlex.split(text)[2:])
    return reader.words(recipe, PYTHON, **options)


@pytest.mark.parametrize("typed", named(IN_ONE_PROCESS))
def test_a_command_does_what_its_sentence_says(typed: Typed, told: dict[str, Any]) -> None:
    status, said = told[typed.text]

    assert "Traceback" not in said
    if typed.text.startswith(NEED_AWS) or " forget " in typed.text:
        assert status != 0
        assert NO_ACCOUNT.search(said), said
    else:
        assert status == 0, said


def test_every_command_of_a_sentence_is_run_or_has_a_reason() -> None:
    tried = {one.text for one in [*OF_MAKE, *IN_ONE_PROCESS, *OF_AWS]} | {*REFUSED}
    left = [
        f"{one.page}: {one.text}"
        for one in MENTIONED
        if one.text not in tried
        if not one.text.startswith((*MENTIONED_ELSEWHERE, *IN_A_SHELL))
    ]

    assert not left, "Let a test run it, or name it in documented_reasons.py with the reason."


def test_every_reason_is_of_a_command_that_a_page_has() -> None:
    texts = [one.text for one in [*MENTIONED, *typed()]]
    bare = "".join((ROOT / page).read_text() for page in ("README.md", "CONTRIBUTING.md"))

    for start in {*MENTIONED_ELSEWHERE, *NEED_AWS, *REFUSED, *IN_A_SHELL}:
        assert any(text.startswith(start) for text in texts) or f"`{start}" in bare, start
