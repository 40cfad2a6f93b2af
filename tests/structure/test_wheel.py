"""What `pip install` of the project brings: every file that the stack reads at synth."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.structure.source_files import ROOT, files

SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
FIND, DATA = SETUPTOOLS["packages"]["find"], SETUPTOOLS["package-data"]["*"]


def is_packaged(path: Path) -> bool:
    """Whether setuptools takes the file's folder for a package, and the file with it."""
    package = ".".join(path.parent.parts)
    is_package = any(fnmatch(package, pattern) for pattern in FIND["include"])
    is_left_out = any(fnmatch(package, pattern) for pattern in FIND["exclude"])
    return (
        is_package
        and not is_left_out
        and any(fnmatch(path.name, pattern) for pattern in ("*.py", *DATA))
    )


@pytest.mark.parametrize("folder", ["infra", "lambda_src"])
def test_a_wheel_has_every_file_of_the_stack_and_of_the_functions(folder: str) -> None:
    assert [path for path in files(folder) if not is_packaged(path)] == []


def test_a_wheel_has_nothing_of_node() -> None:
    assert not is_packaged(Path("infra/node_modules/aws-cdk/package.json"))
