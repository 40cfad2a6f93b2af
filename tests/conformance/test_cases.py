"""The cases are well-formed, and `make run` does what each says."""

import json
import re
from collections import Counter
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from commands.conformance.conformance_cases import FOLDER, PINPOINT, Case, read_cases
from commands.conformance.conformance_requests import Server, run_case

CASES = read_cases()
SCHEMA = json.loads((FOLDER / "case.schema.json").read_text())


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_file_of_cases_is_of_the_schema(path: Path) -> None:
    validator = jsonschema_rs.Draft202012Validator(SCHEMA)
    errors = [
        f"{'.'.join(map(str, error.instance_path))}: {error.message[:300]}"
        for error in validator.iter_errors(yaml.safe_load(path.read_text()))
    ]
    assert errors == []


def test_a_case_has_a_name_of_its_own() -> None:
    assert [name for name, n in Counter(case.name for case in CASES).items() if n > 1] == []


def test_a_case_can_be_run_again_and_again() -> None:
    texts = [path.read_text() for path in FOLDER.glob("*.yaml")]
    users = [user for text in texts for user in re.findall(r'UserId: ("[^"]*"|\w+)', text)]
    # After 15 runs a user of every run would have no place for another endpoint.
    assert [user for user in users if "${run}" not in user and user != '""'] == []


def test_there_are_as_many_cases_as_the_readme_says() -> None:
    of_pinpoint = sum(case.of == PINPOINT for case in CASES)
    text = f"{len(CASES)} cases: {of_pinpoint} of Pinpoint's protocol"
    assert text in " ".join((FOLDER / "README.md").read_text().split())


@pytest.mark.parametrize(
    "client", SCHEMA["items"]["properties"]["clients"]["propertyNames"]["enum"]
)
def test_every_client_relies_on_a_case(client: str) -> None:
    assert any(client in case.clients for case in CASES)


@pytest.mark.parametrize(
    "case", [case for case in CASES if "auth" not in case.needs], ids=lambda case: case.name
)
def test_the_gateway_does_what_a_case_says(server: Server, case: Case) -> None:
    assert run_case(case, server, ours=True) == []
