"""Importing needs no environment; on Lambda the init phase does what a first answer needs."""

import gc
import json
import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from putevents import init_phase
from putevents.errors import SettingsError
from putevents.gateway import Gateway
from tests.unit.doors import ENVIRONMENT, Context, http_event, settings

SOURCE = Path(__file__).parents[2] / "lambda_src"
MODULES = sorted(
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    for path in SOURCE.rglob("*.py")
)
MADE = "import sys, putevents.{} as door; sys.exit(not door._handler.cache_info().currsize)"


def python(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in an interpreter of its own, with nothing else in its environment."""
    return subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_module_is_imported_without_an_environment() -> None:
    done = python("; ".join(f"import {module}" for module in MODULES))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("door", ["api_handler", "queue_handler"])
def test_the_gateway_is_made_in_lambdas_init_phase(door: str) -> None:
    on_lambda = {**ENVIRONMENT, "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}
    assert python(MADE.format(door), **on_lambda).returncode == 0
    assert python(MADE.format(door), **ENVIRONMENT).returncode == 1


# The garbage collections while a door is imported and the gateway is made, and what follows.
COLLECTIONS = """
import gc
gc.collect()
seen = []
gc.callbacks.append(lambda phase, info: seen.append(info))
import putevents.{}
gc.callbacks.clear()
print(len(seen), gc.isenabled(), gc.get_freeze_count() > 50_000)
"""


@pytest.mark.parametrize("door", ["api_handler", "queue_handler"])
def test_nothing_that_the_init_phase_makes_is_looked_through_for_garbage(door: str) -> None:
    program = COLLECTIONS.format(door)
    on_lambda = {**ENVIRONMENT, "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}

    line, counted = python(program, **on_lambda).stdout.splitlines()
    started = json.loads(line)
    assert (started["message"], started["init_ms"] > 0) == ("started", True)
    assert counted.split() == ["0", "True", "True"]
    collections, is_on, is_frozen = python(program, **ENVIRONMENT).stdout.split()
    assert int(collections) > 10
    assert (is_on, is_frozen) == ("True", "False")


def test_garbage_is_collected_again_after_the_init_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    init_phase.begin()
    assert gc.isenabled()
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
    try:
        init_phase.begin()
        assert not gc.isenabled()
    finally:
        init_phase.end()
        gc.unfreeze()
    assert gc.isenabled()


def test_a_wrong_environment_fails_the_init_phase_with_a_line_that_names_the_variable() -> None:
    wrong = {**ENVIRONMENT, "DESTINATION": "local", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}
    done = python("import putevents.api_handler", **wrong)
    assert done.returncode == 1
    assert "DESTINATION" in done.stderr.splitlines()[-1]


def load_on_lambda(door: str) -> ModuleType:
    """The door's file, executed once more as Lambda's init phase does."""
    file = SOURCE / f"putevents/{door}.py"
    spec = spec_from_file_location(f"{door}_on_lambda", file)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("destination", ["pinpoint", "lake"])
def test_the_handlers_of_the_environment_answer(
    monkeypatch: pytest.MonkeyPatch, destination: str
) -> None:
    lake = {"ENDPOINT_TABLE": "table", "EVENT_STREAM_PREFIX": "events-", "REJECTED_STREAM": "no"}
    on_lambda = {"DESTINATION": destination, "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", **lake}
    for name, value in on_lambda.items():
        monkeypatch.setenv(name, value)
    api, queue = load_on_lambda("api_handler"), load_on_lambda("queue_handler")
    path = "/v1/apps/my-app/endpoints/phone/inappmessages"
    assert api.lambda_handler(http_event("", path, "GET"), Context())["statusCode"] == 200
    assert queue.lambda_handler({"Records": []}, Context()) == {"batchItemFailures": []}


def test_no_packaged_destination_is_the_laptops() -> None:
    with pytest.raises(SettingsError, match="DESTINATION"):
        Gateway.load(settings(DESTINATION="local"))
