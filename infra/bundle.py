"""Build the Lambda package without Docker: our code and its pinned dependencies."""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "lambda_src"
BUILD = ROOT / ".build"

# The AWS services that the functions call; botocore ships data for over 400.
SERVICES = {"dynamodb", "firehose", "pinpoint", "secretsmanager", "sqs"}
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
# The functions read none of these: metadata, commands, boto3's resources (we use clients), the
# Swagger page, C sources and type stubs.
UNUSED = [
    "*.dist-info", "*-stubs", "bin", "boto3/data", "boto3/examples",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.min.*",
    "**/tests", "**/*.c", "**/*.pyi",
]  # fmt: skip

_ZIP_EPOCH = 315532800  # 1980-01-01, the earliest time in a zip file


class BundleError(Exception):
    """The package could not be built; pip has printed why."""


def bundle(architecture: str, *, source: Path = SOURCE, build: Path = BUILD) -> Path:
    """Return the folder of the package; build it unless the same inputs were built before."""
    package = build / f"package-{architecture}-{_hash(architecture, source)}"
    if not package.exists():
        wheels = _wheels(architecture, source / "requirements.txt", build)
        with _new_folder(package) as folder:
            _pip(architecture, "install", source / "requirements.txt", "--target", folder,
                 "--no-index", "--find-links", wheels, "--no-compile")  # fmt: skip
            _trim(folder)
            unwanted = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source / "putevents", folder / "putevents", ignore=unwanted)
            _compile(folder)
            _normalise(folder)
    return package


def size(package: Path) -> int:
    """Return the unpacked size of the package in bytes."""
    return sum(file.stat().st_size for file in package.rglob("*") if file.is_file())


def _hash(architecture: str, source: Path) -> str:
    """Hash everything that the package is built from."""
    digest = hashlib.sha256(f"{architecture} {platform.python_version()}".encode())
    code = [file for file in (source / "putevents").rglob("*") if file.suffix == ".py"]
    for file in [Path(__file__), source / "requirements.txt", *sorted(code)]:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
        digest.update(os.path.relpath(file, source).encode())
    return digest.hexdigest()[:16]


def _wheels(architecture: str, requirements: Path, build: Path) -> Path:
    """Return the folder of the dependencies' wheels; download them the first time only."""
    lock = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    wheels = build / "wheels" / f"{architecture}-{PYTHON}-{lock}"
    if not wheels.exists():
        with _new_folder(wheels) as folder:
            _pip(architecture, "download", requirements, "--dest", folder)
    return wheels


@contextmanager
def _new_folder(path: Path) -> Iterator[Path]:
    """Rename a folder to its path when the block ends, so an interrupted build is not reused."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent) as work:
        folder = Path(work) / "new"
        yield folder
        try:
            folder.rename(path)
        except OSError:
            if not path.exists():  # else a parallel run built the same folder
                raise


def _pip(architecture: str, command: str, requirements: Path, *options: str | Path) -> None:
    machine = MACHINES[architecture]
    done = subprocess.run(  # noqa: S603 - our own arguments
        [
            sys.executable, "-m", "pip", command, "-qq", "--requirement", requirements,
            # The lock is complete and hashed: pip resolves and compiles nothing.
            "--require-hashes", "--no-deps", "--only-binary", ":all:",
            "--implementation", "cp", "--python-version", PYTHON,
            "--platform", f"manylinux2014_{machine}", "--platform", f"manylinux_2_17_{machine}",
            *options,
        ],
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise BundleError(f"pip {command} of {requirements.name} for {architecture} failed.")


def _trim(folder: Path) -> None:
    """Delete files that the functions do not read."""
    data = folder / "botocore" / "data"
    services = (path.name for path in data.iterdir() if path.is_dir())
    unused_data = [f"botocore/data/{name}" for name in services if name not in SERVICES]
    for pattern in [*UNUSED, *unused_data]:
        for path in list(folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    endpoints = json.loads((data / "endpoints.json").read_bytes())
    for partition in endpoints["partitions"]:
        partition["services"] = {
            name: service for name, service in partition["services"].items() if name in SERVICES
        }
    (data / "endpoints.json").write_text(json.dumps(endpoints, separators=(",", ":")))


def _compile(folder: Path) -> None:
    """Compile to bytecode that Lambda does not check against file times."""
    # A fresh process without site packages, because the state of this one changes the bytecode.
    compileall = [sys.executable, "-I", "-S", "-m", "compileall", "-q"]
    mode = ["--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", "/var/task"]
    subprocess.run([*compileall, *mode, str(folder)], check=True)  # noqa: S603 - our own arguments


def _normalise(folder: Path) -> None:
    """Set the same modes and times on all files, whatever the umask, so that builds are equal."""
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (_ZIP_EPOCH, _ZIP_EPOCH))
