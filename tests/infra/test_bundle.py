"""The Lambda package: complete by itself, without ballast, the same bytes each time."""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from infra import bundle as bundling
from infra import interpreter
from infra.bundle import BUILD, ROOT, SOURCE, BundleError, bundle, describe
from infra.deploy_settings import DeploySettings
from infra.interpreter import Interpreter
from infra.trim import OPERATIONS
from tests.infra.packaged import Run, run

HERE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
# The runtime that functions get, and this Python, on which the package always can be run.
PINNED: str = DeploySettings.model_fields["runtime"].default
OWN = f"python{sys.version_info.major}.{sys.version_info.minor}"
# What CloudFormation uploads; measured, and a little room.
MAX_ZIPPED = 5_500_000


@pytest.fixture(scope="module", params=sorted({PINNED, OWN}))
def runtime(request: pytest.FixtureRequest) -> str:
    """Each runtime whose interpreter this machine has."""
    runtime: str = request.param
    if interpreter.find(runtime.removeprefix("python")) is None:
        pytest.skip(f"this machine has no {runtime}: the package was run on {OWN} only")
    return runtime


@pytest.fixture(scope="module")
def python(runtime: str) -> Path:
    """The runtime's interpreter."""
    found = interpreter.find(runtime.removeprefix("python"))
    assert found
    return found.path


@pytest.fixture(scope="module")
def package(runtime: str) -> Path:
    """The package for this machine."""
    return bundle(HERE, runtime)


@pytest.fixture
def build(tmp_path: Path, package: Path) -> Path:
    """A build folder without packages, but with the dependencies that the one above has left."""
    assert package.exists()
    (tmp_path / "dependencies").symlink_to(BUILD / "dependencies")
    return tmp_path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the source that a test may change."""
    copy = tmp_path / "elsewhere" / "lambda_src"
    return Path(shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture(scope="module")
def ran(package: Path, python: Path) -> Run:
    """Both handlers at work."""
    return run(package, python)


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


def test_no_module_came_from_anywhere_else(ran: Run, package: Path, python: Path) -> None:
    asked = "import sysconfig; print(sysconfig.get_paths()['stdlib'])"
    found = subprocess.run([python, "-I", "-c", asked], check=True, capture_output=True, text=True)
    standard = found.stdout.strip()

    foreign = [f for f in ran.files if not f.startswith((str(package), standard))]
    assert foreign == []
    assert not any("site-packages" in f for f in ran.files)


def test_the_lakes_handlers_do_their_work_too(package: Path, python: Path) -> None:
    ran = run(package, python, DESTINATION="lake")

    assert ran.api_answer["statusCode"] == 202
    assert ran.queue_answer == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
    assert {"DynamoDB_20120810.BatchGetItem", "AmazonSQS.SendMessage"} <= set(ran.asked)


def test_the_same_sources_give_the_same_bytes(
    build: Path, package: Path, source: Path, runtime: str
) -> None:
    script = (
        "import os, sys; from pathlib import Path; from infra.bundle import bundle;"
        "os.umask(0o077); source, build = map(Path, sys.argv[2:4]);"
        "print(bundle(sys.argv[1], sys.argv[4], source=source, build=build))"
    )
    again = subprocess.run(
        [sys.executable, "-c", script, HERE, source, build, runtime],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7"},
        check=True,
        capture_output=True,
        text=True,
    )
    made = Path(again.stdout.strip())

    assert made != package
    assert contents(made) == contents(package)


def test_without_a_change_nothing_is_built_again(
    package: Path, runtime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("subprocess.run", None)

    assert bundle(HERE, runtime) == package


def test_the_table_of_what_is_not_served_is_packaged_and_not_read_for_events(
    ran: Run, package: Path
) -> None:
    assert (package / "putevents/unserved_operations.json").exists()
    assert "putevents.wire.answers" in ran.modules
    assert "putevents.unserved" not in ran.modules


@pytest.mark.parametrize(
    "file", ["putevents/settings.py", "putevents/unserved_operations.json", "requirements.txt"]
)
def test_a_change_makes_another_package(source: Path, file: str) -> None:
    before = bundling._hash(HERE, PINNED, source)

    with (source / file).open("a") as changed:
        changed.write("# changed\n")

    assert bundling._hash(HERE, PINNED, source) != before


def test_what_python_leaves_behind_is_no_change(source: Path) -> None:
    before = bundling._hash(HERE, PINNED, source)

    (source / "putevents/__pycache__").mkdir()
    (source / "putevents/__pycache__/settings.cpython-311.pyc").write_bytes(b"anything")

    assert bundling._hash(HERE, PINNED, source) == before


def test_once_the_dependencies_are_there_no_network_is_needed(
    build: Path, source: Path, runtime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/")
    monkeypatch.setenv("UV_NO_CACHE", "1")
    (source / "putevents/new.py").touch()

    made = bundle(HERE, runtime, source=source, build=build)

    assert (made / "putevents/new.py").exists()


def test_a_dependency_that_is_not_what_was_locked_is_refused_and_leaves_nothing(
    tmp_path: Path, source: Path
) -> None:
    lock = (source / "requirements.txt").read_text()
    [pinned] = [line.split()[0] for line in lock.splitlines() if line.startswith("six==")]
    (source / "requirements.txt").write_text(f"{pinned} --hash=sha256:{'0' * 64}\n")
    build = tmp_path / "build"

    with pytest.raises(BundleError, match=f"^uv pip install of requirements.txt for {HERE}, "):
        bundle(HERE, PINNED, source=source, build=build)

    assert [path for path in build.rglob("*") if path.name != "dependencies"] == []


def test_it_can_be_built_for_the_other_architecture() -> None:
    other = ({"arm64", "x86_64"} - {HERE}).pop()

    package = bundle(other, PINNED)

    libraries = [file.name for file in package.rglob("*.so")]
    assert libraries
    assert [name for name in libraries if bundling.MACHINES[other] not in name] == []
    assert [name for name in libraries if f"-{PINNED[6:].replace('.', '')}-" not in name] == []
    assert zipped(package) <= MAX_ZIPPED


def test_without_the_runtimes_interpreter_the_sources_stay_and_a_sentence_says_so(
    build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter, "find", lambda _: None)

    package = bundle(HERE, PINNED, build=build)

    assert list(package.rglob("*.pyc")) == []
    assert (package / "boto3/__init__.py").exists()
    assert f"without bytecode, for this machine has no {PINNED}" in describe(package, HERE, PINNED)


def test_an_interpreter_that_is_switched_off_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = tmp_path / "python3.99"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert interpreter.find.__wrapped__("3.99") is None
    shim.write_text("#!/bin/sh\necho 3.99\necho 3.99.1\n")
    assert interpreter.find.__wrapped__("3.99") == Interpreter(shim, "3.99.1")


def test_it_holds_the_data_of_the_services_in_use_and_of_no_other(package: Path) -> None:
    data = package / "botocore/data"
    endpoints = json.loads((data / "endpoints.json").read_text())["partitions"]

    assert {path.name for path in data.iterdir() if path.is_dir()} == set(OPERATIONS)
    assert {service for p in endpoints for service in p["services"]} <= set(OPERATIONS)
    assert {p["partition"] for p in endpoints} >= {"aws", "aws-cn", "aws-us-gov"}


def zipped(package: Path) -> int:
    """The size of the package as it is uploaded."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zip_file:
        for file in package.rglob("*"):
            zip_file.write(file, file.relative_to(package))
    return archive.tell()


def test_it_is_small_and_holds_no_ballast(package: Path) -> None:
    names = {str(path.relative_to(package)) for path in package.rglob("*")}

    for ending in ("-stubs", ".c", ".pyi", "/tests", ".min.js", "RECORD"):
        assert [name for name in names if name.endswith(ending)] == []
    assert not names & {"bin", "local", "requirements.txt"}
    assert zipped(package) <= MAX_ZIPPED


def test_scanners_find_each_dependency_its_version_and_its_licence(package: Path) -> None:
    lock = (SOURCE / "requirements.txt").read_text()
    pins = [line for line in lock.splitlines() if "==" in line]
    locked = {re.sub(r"\[.*\]", "", pin).split()[0] for pin in pins}
    found = set()
    for metadata in package.glob("*.dist-info/METADATA"):
        fields = dict(
            line.split(": ", 1) for line in metadata.read_text().splitlines() if ": " in line
        )
        found.add(f"{fields['Name'].lower().replace('_', '-')}=={fields['Version']}")

    assert found == locked
    assert list(package.glob("boto3-*.dist-info/**/LICENSE"))


def test_lambdas_user_may_read_all_of_it(package: Path) -> None:
    modes = {path: path.stat().st_mode & 0o777 for path in package.rglob("*")}

    assert {mode for path, mode in modes.items() if path.is_file()} == {0o644}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o755}


def test_lambda_needs_to_compile_nothing(package: Path, python: Path) -> None:
    asked = (
        "import importlib.util as u, sys; print(u.MAGIC_NUMBER.hex(), sys.implementation.cache_tag)"
    )
    told = subprocess.run([python, "-I", "-c", asked], check=True, capture_output=True, text=True)
    magic, tag = told.stdout.split()
    sources = list(package.rglob("*.py"))

    assert {file.relative_to(package).parts[0] for file in sources} == {"putevents"}
    for file in sources:
        assert (file.parent / "__pycache__" / f"{file.stem}.{tag}.pyc").exists()
    for file in package.rglob("*.pyc"):
        data = file.read_bytes()
        assert data[:4].hex() == magic
        assert int.from_bytes(data[4:8], "little") == 0b01, "hash-based and never checked"
        source = file.relative_to(package).with_suffix(".py")
        if file.parent.name == "__pycache__":
            source = source.parent.parent / f"{source.name.split('.')[0]}.py"
        assert f"/var/task/{source}".encode() in data
