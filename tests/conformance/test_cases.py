"""The cases are well-formed, and `make run` does what each says."""

import json
import re
from collections import Counter
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from commands.conformance.conformance_cases import (
    FOLDER,
    GATEWAY,
    PINPOINT,
    Case,
    read_cases,
)
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


@pytest.mark.parametrize("page", [FOLDER / "README.md", FOLDER.parents[1] / "docs/contract.md"])
def test_there_are_as_many_cases_as_a_page_says(page: Path) -> None:
    text = " ".join(page.read_text().split())
    asked = [case for case in CASES if case.of == PINPOINT]
    # The command on both pages leaves these out: `--auth none --without one-application`.
    skipped = sum(bool({"auth", "one-application"} & {*case.needs}) for case in asked)

    assert f"{len(CASES)} cases: {len(asked)} of Pinpoint's protocol" in text
    passed = len(asked) - skipped
    assert f"{len(asked)} cases: {passed} passed, 0 failed, {skipped} skipped." in text


def test_the_contracts_page_counts_the_gateways_own_cases() -> None:
    text = " ".join((FOLDER.parents[1] / "docs/contract.md").read_text().split())
    own = sum(case.of == GATEWAY for case in CASES)

    assert f"and {own} of this gateway's own decisions" in text
    assert f"`--of all` runs all {len(CASES)}, `--of gateway` the {own}." in text


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
