"""A scanner finds every dependency in the Lambda package, and the bill of materials is the same."""

import json
import platform
from email.parser import HeaderParser
from pathlib import Path

import pytest

from infra.bundle import SOURCE, bundle
from infra.deploy_settings import DeploySettings

HERE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
BILL = json.loads((SOURCE / "sbom.cdx.json").read_text())
ANEW = "write it anew: make sbom"


@pytest.fixture(scope="module")
def package() -> Path:
    """The package as it is deployed, but for the processor."""
    return bundle(HERE, DeploySettings.model_fields["runtime"].default)


def plain(name: str) -> str:
    """A name as indexes compare it."""
    return name.lower().replace("_", "-")


def test_the_bill_of_materials_is_what_the_package_holds(package: Path) -> None:
    told = [HeaderParser().parsestr(file.read_text()) for file in package.glob("*/METADATA")]

    held = {plain(metadata["Name"]): metadata["Version"] for metadata in told}
    assert {plain(part["name"]): part["version"] for part in BILL["components"]} == held, ANEW


def test_the_package_holds_what_is_locked_for_it(package: Path) -> None:
    lines = (SOURCE / "requirements.txt").read_text().splitlines()
    locked = {plain(line.split("==")[0]) for line in lines if "==" in line}

    assert {plain(path.name.split("-")[0]) for path in package.glob("*.dist-info")} == locked
    # Nothing is there that no metadata tells of, but our own code.
    assert {path.name for path in package.iterdir() if path.is_dir()} & {"bin", "tests"} == set()


def test_every_part_has_a_licence_in_the_bill_and_its_text_in_the_package(package: Path) -> None:
    assert [part["name"] for part in BILL["components"] if not part.get("licenses")] == []
    texts = {
        path.name: [f for f in path.rglob("*") if f.name.lower().startswith(("licen", "copying"))]
        for path in package.glob("*.dist-info")
    }

    assert len(texts) == len(BILL["components"])
    assert [name for name, files in texts.items() if not files] == []


def test_the_bill_can_be_read_by_package_url() -> None:
    assert BILL["bomFormat"] == "CycloneDX"
    urls = [part["purl"] for part in BILL["components"]]
    assert [url for url in urls if not url.startswith("pkg:pypi/")] == []
