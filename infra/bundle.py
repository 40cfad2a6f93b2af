"""Build a Lambda package without Docker: our code and its pinned dependencies.

What runs this may be another Python, on another processor, than what the functions run on.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from infra import interpreter
from infra.defer import NotDeferrableError, defer
from infra.trim import trim

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "lambda_src"
BUILD = ROOT / ".build"
# What is packaged, each for functions of its own; and where the lock of its dependencies lies.
GATEWAY, AUTHORIZER = "putevents", "authorizer"
LOCKS = {GATEWAY: "requirements.txt", AUTHORIZER: f"{AUTHORIZER}/requirements.txt"}
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}

_INSTALLER = ["bin", ".lock"] + [
    f"*.dist-info/{name}" for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
]
_ZIP_EPOCH = 315532800  # 1980-01-01, the earliest time in a zip file


class BundleError(Exception):
    """The package could not be built."""


def bundle(
    architecture: str,
    runtime: str,
    *,
    code: str = GATEWAY,
    source: Path = SOURCE,
    build: Path = BUILD,
) -> Path:
    """Return the folder of a package; build it unless the same inputs were built before.

    `runtime` is Lambda's name of a Python, like python3.13; `code` is a folder of the source.
    """
    kind = "package" if code == GATEWAY else code
    package = build / f"{kind}-{architecture}-{_hash(architecture, runtime, source, code)}"
    if not package.exists():
        installed = dependencies(architecture, runtime, code=code, source=source, build=build)
        with _new_folder(package) as folder:
            shutil.copytree(installed, folder)
            if code == GATEWAY:
                _lighten(folder)
            _forget_installer(folder)
            unwanted = shutil.ignore_patterns("__pycache__", "requirements.txt")
            shutil.copytree(source / code, folder / code, ignore=unwanted)
            _compile(folder, runtime, code)
            _normalise(folder)
    return package


def _lighten(folder: Path) -> None:
    """Cut what the gateway's functions never read, and defer what they read seldom."""
    trim(folder)
    try:
        defer(folder)
    except NotDeferrableError as error:
        raise BundleError(str(error)) from None


def _forget_installer(folder: Path) -> None:
    """Remove what uv has left: programs for people, and records with this machine's paths.

    A program's first line is the path of the interpreter, and RECORD holds the program's hash.
    """
    for pattern in _INSTALLER:
        for path in folder.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def describe(package: Path, architecture: str, runtime: str) -> str:
    """Say what was built, and what a deploy of it would cost where it is not complete."""
    size = sum(file.stat().st_size for file in package.rglob("*") if file.is_file())
    text = f"Lambda package: {size / 1e6:.1f} MB for {architecture}, {runtime}"
    lack = lacks_bytecode(runtime)
    return f"{text}, {lack}" if lack else text


def lacks_bytecode(runtime: str) -> str:
    """Say what a package built here lacks, and the command that mends it; empty if nothing."""
    if interpreter.find(_python(runtime)):
        return ""
    return (
        f"without bytecode, for this machine has no {runtime}: every cold start compiles all of"
        " it, which takes some two seconds of CPU, until you install one"
        f" (`make lambda-python RUNTIME={runtime}`) and deploy again."
    )


def _python(runtime: str) -> str:
    return runtime.removeprefix("python")


def _hash(architecture: str, runtime: str, source: Path, kind: str = GATEWAY) -> str:
    """Hash everything that the package is built from."""
    compiler = interpreter.find(_python(runtime))
    version = compiler.version if compiler else "no bytecode"
    digest = hashlib.sha256(f"{architecture} {runtime} {version}".encode())
    code = [f for f in (source / kind).rglob("*") if f.is_file() and f.suffix != ".pyc"]
    here = Path(__file__).parent
    builders = [here / name for name in ("bundle.py", "defer.py", "interpreter.py", "trim.py")]
    for file in [*builders, source / LOCKS[kind], *sorted(code)]:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
        digest.update(os.path.relpath(file, source).encode())
    return digest.hexdigest()[:16]


def dependencies(
    architecture: str,
    runtime: str,
    *,
    code: str = GATEWAY,
    source: Path = SOURCE,
    build: Path = BUILD,
) -> Path:
    """Return the folder of what the lock names, uncut; install it the first time only."""
    requirements = source / LOCKS[code]
    lock = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    installed = build / "dependencies" / f"{architecture}-{runtime}-{lock}"
    if not installed.exists():
        with _new_folder(installed) as folder:
            _install(architecture, runtime, requirements, folder)
    return installed


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


def _install(architecture: str, runtime: str, requirements: Path, folder: Path) -> None:
    """Install for the functions' Python; pip reads a lock's markers for the one it runs on."""
    done = subprocess.run(  # noqa: S603 - our own arguments
        [
            Path(sys.executable).parent / "uv", "pip", "install", "--quiet",
            # The system's certificates, as pip takes them, for who sits behind a proxy.
            "--native-tls",
            # The lock is complete and hashed: nothing is resolved or compiled.
            "--require-hashes", "--no-deps", "--only-binary", ":all:",
            "--python-version", _python(runtime),
            "--python-platform", f"{MACHINES[architecture]}-manylinux2014",
            # Only to run uv by; and files of our own, which can be cut.
            "--python", sys.executable, "--link-mode", "copy",
            "--target", folder, "--requirement", requirements,
        ],
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise BundleError(
            f"uv pip install of {requirements.name} for {architecture}, {runtime} failed; uv has "
            "said why. It finds indexes in UV_DEFAULT_INDEX or uv.toml, not in pip's settings."
        )


def _compile(folder: Path, runtime: str, code: str) -> None:
    """Compile to bytecode that Lambda does not check against file times."""
    compiler = interpreter.find(_python(runtime))
    if compiler is None:
        return
    # A fresh process without site packages, because the state of this one changes the bytecode.
    compileall: list[str | Path] = [compiler.path, "-I", "-S", "-m", "compileall", "-q"]
    mode = ["--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", "/var/task"]
    ours = folder / code
    theirs = [path for path in sorted(folder.iterdir()) if path != ours]
    # Of the dependencies only bytecode stays, without docstrings, as Python finds it without a
    # source; of our own code both, so that a traceback shows its lines.
    what: list[list[str | Path]] = [[ours], ["-b", "-o", "2", *theirs]]
    for options in what:
        subprocess.run([*compileall, *mode, *options], check=True)  # noqa: S603 - our own arguments
    for source in folder.rglob("*.py"):
        if not source.is_relative_to(ours):
            source.unlink()


def _normalise(folder: Path) -> None:
    """Set the same modes and times on all files, whatever the umask, so that builds are equal."""
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (_ZIP_EPOCH, _ZIP_EPOCH))
