"""A scanner finds every dependency in a Lambda package, and its bill of materials is the same."""

import json
import platform
import re
from email.parser import HeaderParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from commands.audit.sbom_command import BILLS
from infra.bundle import LOCKS, SOURCE, bundle, dependencies
from infra.deploy_settings import DeploySettings

HERE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
ANEW = "write it anew: make sbom"


class Packaged(NamedTuple):
    """A package as it is deployed, but for the processor, and what is said of it."""

    folder: Path
    wheels: Path
    lock: Path
    bill: dict[str, Any]


@pytest.fixture(name="package", scope="module", params=LOCKS)
def _package(request: pytest.FixtureRequest) -> Packaged:
    code = request.param
    runtime = DeploySettings.model_fields["runtime"].default
    folder, wheels = (make(HERE, runtime, code=code) for make in (bundle, dependencies))
    return Packaged(folder, wheels, SOURCE / LOCKS[code], json.loads(BILLS[code].read_text()))


def plain(name: str) -> str:
    """A name as indexes compare it."""
    return name.lower().replace("_", "-")


def test_the_bill_of_materials_is_what_the_package_holds(package: Packaged) -> None:
    files = package.folder.glob("*/METADATA")
    told = [HeaderParser().parsestr(file.read_text()) for file in files]

    held = {plain(metadata["Name"]): metadata["Version"] for metadata in told}
    parts = package.bill["components"]
    assert {plain(part["name"]): part["version"] for part in parts} == held, ANEW


def test_the_package_holds_what_is_locked_for_it(package: Packaged) -> None:
    lines = [line.split(";")[0] for line in package.lock.read_text().splitlines()]
    locked = {plain(re.split(r"\[|==", line)[0]) for line in lines if "==" in line}

    folders = {path.name for path in package.folder.iterdir() if path.is_dir()}
    held = {plain(name.split("-")[0]) for name in folders if name.endswith(".dist-info")}
    assert held == locked
    # Nothing is there that no metadata tells of, but our own code.
    assert folders & {"bin", "tests"} == set()


def test_every_part_has_a_licence_in_the_bill_and_its_text_in_the_package(
    package: Packaged,
) -> None:
    parts = package.bill["components"]
    assert [part["name"] for part in parts if not part.get("licenses")] == []
    texts = {
        path.name: [f for f in path.rglob("*") if f.name.lower().startswith(("licen", "copying"))]
        for path in package.folder.glob("*.dist-info")
    }

    assert len(texts) == len(parts)
    assert [name for name, files in texts.items() if not files] == []


def test_what_a_wheel_holds_is_in_the_bill(package: Packaged) -> None:
    """An advisory about OpenSSL or a crate names these, not the wheel around them."""
    bills = [
        json.loads(file.read_text()) for file in package.wheels.glob("*.dist-info/sboms/*.json")
    ]
    told = {(one["name"], one["version"]) for bill in bills for one in bill["components"]}

    inside = [one for part in package.bill["components"] for one in part.get("components", [])]
    assert told
    assert {(one["name"], one["version"]) for one in inside} == told, ANEW
    generic = [one for one in inside if one["purl"].startswith("pkg:generic/")]
    assert [one["name"] for one in generic if "cpe" not in one] == [], "no scanner would know it"


def test_a_licence_is_told_as_spdx_has_it(package: Packaged) -> None:
    """A tool compares ids; a classifier is another's name for a family of licences."""
    told = [licence for part in package.bill["components"] for licence in part["licenses"]]

    names = [one.get("expression") or one["license"].get("id") for one in told]
    assert None not in names, ANEW


def test_the_bill_can_be_read_by_package_url(package: Packaged) -> None:
    assert package.bill["bomFormat"] == "CycloneDX"
    urls = [part["purl"] for part in package.bill["components"]]
    assert [url for url in urls if not url.startswith("pkg:pypi/")] == []
