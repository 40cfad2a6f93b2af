"""The doctor's tables: every operation, and nothing that is not there."""

import json
import re
import tomllib

import botocore.session
import pytest
from botocore import xform_name

from commands.doctor.file_kinds import Kind
from commands.doctor.find_programs import patterns
from commands.doctor.knowledge import (
    FOLDER,
    Fate,
    Library,
    State,
    libraries,
    operations,
    resources,
    spellings,
)
from infra.routes import _CONSTANT_ROUTES, READ_ROUTES, WRITE_ROUTES
from tests.structure.source_files import ROOT

MODEL = botocore.session.get_session().get_service_model("pinpoint")
PACKAGES = tomllib.loads((FOLDER / "packages.toml").read_text())
# What the gateway answers to the operations that it does not serve: the truth for this table too.
ANSWERS = ROOT / "lambda_src/putevents/unserved_operations.json"


def test_every_operation_of_the_model_has_a_fate() -> None:
    assert {*operations()} == {*MODEL.operation_names}


def test_an_operation_stands_in_one_group() -> None:
    groups = tomllib.loads((FOLDER / "operations.toml").read_text())["group"]

    assert sum(len(group["operations"]) for group in groups) == len(operations())


def test_served_is_what_the_gateway_has_routes_for() -> None:
    def routed(routes: list[tuple[str, str]]) -> set[str]:
        return {
            name
            for name in MODEL.operation_names
            for http in [MODEL.operation_model(name).http]
            if (http["method"], http["requestUri"]) in routes
        }

    found = {
        state: {n for n, fate in operations().items() if fate.state == state} for state in State
    }

    assert found[State.SERVED] == routed([*WRITE_ROUTES, *_CONSTANT_ROUTES])
    assert found[State.OFF] == routed(READ_ROUTES)


@pytest.mark.skipif(not ANSWERS.exists(), reason="this gateway names no operation that lives on")
def test_the_gateway_answers_the_same() -> None:
    groups = json.loads(ANSWERS.read_text())
    answered = {name: group["state"] for group in groups for name in group["operations"]}

    assert answered == {n: f.state for n, f in operations().items() if f.state != State.SERVED}


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_an_operation_is_known_in_every_spelling(name: str) -> None:
    for spelling in (name, name[0].lower() + name[1:], xform_name(name), xform_name(name, "-")):
        assert spellings()[spelling] == name


def test_every_subject_is_in_the_table() -> None:
    packed = {
        subject
        for kind, rows in PACKAGES.items()
        if kind != "umbrella"
        for subject in rows.values()
    }
    named = {pattern.subject for kind in Kind for pattern in patterns(kind)}

    assert named <= {*libraries()}
    assert packed - {"react-native"} <= {*libraries()}


def test_every_resource_of_cloudformation_has_a_fate() -> None:
    """By cfn-lint's copy of the schemas of us-east-1."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    types = PROVIDER_SCHEMA_MANAGER.get_resource_types("us-east-1")
    names = {name.rpartition("::")[2].lower() for name in types if "::Pinpoint::" in name}

    assert names <= {*resources()}


@pytest.mark.parametrize(
    "told", [*libraries().values(), *operations().values(), *resources().values()]
)
def test_a_link_leads_somewhere(told: Fate | Library) -> None:
    if told.link.startswith("https://"):
        return
    path, _, anchor = told.link.partition("#")
    text = (ROOT / path).read_text()
    anchors = [
        re.sub(r"[^\w -]", "", h).lower().replace(" ", "-")
        for h in re.findall(r"^#+ (.*)", text, re.M)
    ]

    assert not anchor or anchor in anchors


@pytest.mark.parametrize("key", libraries())
def test_a_library_says_what_to_do(key: str) -> None:
    library = libraries()[key]

    assert library.line or library.hint or library.verdict == "pointed"
