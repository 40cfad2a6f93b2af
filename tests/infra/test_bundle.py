"""The Lambda package: complete by itself, without ballast, the same bytes each time."""

import hashlib
import json
import marshal
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from infra import bundle as bundling
from infra.bundle import BUILD, PYTHON, ROOT, SERVICES, SOURCE, BundleError, bundle, size
from tests.infra.packaged import Run, run

HERE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")


@pytest.fixture(scope="module")
def package() -> Path:
    """The package for this machine."""
    return bundle(HERE)


@pytest.fixture
def build(tmp_path: Path, package: Path) -> Path:
    """A build folder without packages, but with the wheels that the one above has left."""
    assert package.exists()
    (tmp_path / "wheels").symlink_to(BUILD / "wheels")
    return tmp_path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the source that a test may change."""
    copy = tmp_path / "elsewhere" / "lambda_src"
    return Path(shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture(scope="module")
def ran(package: Path) -> Run:
    """Both handlers at work."""
    return run(package)


def contents(package: Path) -> dict[str, tuple[int, float, str]]:
    """Every file, with all that shows in an archive of it."""
    return {
        str(file.relative_to(package)): (
            file.stat().st_mode,
            file.stat().st_mtime,
            hashlib.sha256(file.read_bytes()).hexdigest(),
        )
        for file in package.rglob("*")
        if file.is_file()
    }


def test_both_handlers_do_their_work_with_nothing_but_the_package(ran: Run) -> None:
    results = json.loads(ran.api_answer["body"])["Results"]

    assert ran.api_answer["statusCode"] == 202
    assert results["me"]["EventsItemResponse"]["one"]["StatusCode"] == 202
    assert ran.queue_answer == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
    assert set(ran.asked) == {
        "/v1/apps/my-app/events",
        "AmazonSQS.SendMessage",
        "AmazonSQS.GetQueueAttributes",
        "AmazonSQS.ChangeMessageVisibilityBatch",
    }


def test_no_module_came_from_anywhere_else(ran: Run, package: Path) -> None:
    standard = sysconfig.get_paths()["stdlib"]

    foreign = [f for f in ran.files if not f.startswith((str(package), standard))]
    assert foreign == []
    assert not any("site-packages" in f for f in ran.files)


def test_the_same_sources_give_the_same_bytes(build: Path, package: Path, source: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from infra.bundle import bundle;"
        "os.umask(0o077); source, build = map(Path, sys.argv[2:]);"
        "print(bundle(sys.argv[1], source=source, build=build))"
    )
    again = subprocess.run(
        [sys.executable, "-c", script, HERE, source, build],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7"},
        check=True,
        capture_output=True,
        text=True,
    )
    made = Path(again.stdout.strip())

    assert made != package
    assert contents(made) == contents(package)


def test_without_a_change_nothing_is_built_again(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("subprocess.run", None)

    assert bundle(HERE) == package


@pytest.mark.parametrize("file", ["putevents/settings.py", "requirements.txt"])
def test_a_change_makes_another_package(source: Path, file: str) -> None:
    before = bundling._hash(HERE, source)

    with (source / file).open("a") as changed:
        changed.write("# changed\n")

    assert bundling._hash(HERE, source) != before


def test_what_python_leaves_behind_is_no_change(source: Path) -> None:
    before = bundling._hash(HERE, source)

    (source / "putevents/__pycache__").mkdir()
    (source / "putevents/__pycache__/settings.cpython-311.pyc").write_bytes(b"anything")

    assert bundling._hash(HERE, source) == before


def test_once_the_wheels_are_there_no_network_is_needed(
    build: Path, source: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    (source / "putevents/new.py").touch()

    made = bundle(HERE, source=source, build=build)

    assert (made / "putevents/new.py").exists()


def test_a_dependency_that_is_not_what_was_locked_is_refused_and_leaves_nothing(
    tmp_path: Path, source: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [wheel] = (BUILD / "wheels").glob(f"{HERE}-{PYTHON}-*/six-*.whl")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    version = wheel.name.split("-")[1]
    (source / "requirements.txt").write_text(f"six=={version} --hash=sha256:{'0' * 64}\n")
    build = tmp_path / "build"

    with pytest.raises(BundleError, match=f"^pip download of requirements.txt for {HERE} failed"):
        bundle(HERE, source=source, build=build)

    assert [path for path in build.rglob("*") if path.name != "wheels"] == []


def test_it_can_be_built_for_the_other_architecture() -> None:
    other = ({"arm64", "x86_64"} - {HERE}).pop()

    libraries = [file.name for file in bundle(other).rglob("*.so")]

    assert libraries
    assert [name for name in libraries if bundling.MACHINES[other] not in name] == []


def test_it_holds_the_data_of_the_services_in_use_and_of_no_other(package: Path) -> None:
    data = package / "botocore/data"
    endpoints = json.loads((data / "endpoints.json").read_text())["partitions"]

    assert {path.name for path in data.iterdir() if path.is_dir()} == SERVICES
    assert {service for p in endpoints for service in p["services"]} <= SERVICES
    assert {p["partition"] for p in endpoints} >= {"aws", "aws-cn", "aws-us-gov"}


def test_it_holds_no_ballast(package: Path) -> None:
    names = {str(path.relative_to(package)) for path in package.rglob("*")}

    for ending in (".dist-info", "-stubs", ".c", ".pyi", "/tests", ".min.js"):
        assert [name for name in names if name.endswith(ending)] == []
    assert not names & {"bin", "local", "requirements.txt"}
    assert size(package) < 25_000_000


def test_lambdas_user_may_read_all_of_it(package: Path) -> None:
    modes = {path: path.stat().st_mode & 0o777 for path in package.rglob("*")}

    assert {mode for path, mode in modes.items() if path.is_file()} == {0o644}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o755}


def test_lambda_needs_to_compile_nothing(package: Path) -> None:
    for file in package.rglob("*.py"):
        compiled = file.parent / "__pycache__" / f"{file.stem}.{sys.implementation.cache_tag}.pyc"
        data = compiled.read_bytes()
        assert data[:4] == MAGIC_NUMBER
        assert int.from_bytes(data[4:8], "little") == 0b01, "hash-based and never checked"
        where = marshal.loads(data[16:]).co_filename  # noqa: S302 - our own file
        assert where == f"/var/task/{file.relative_to(package)}"
