"""`release`: everything that somebody needs who deploys without the CDK, in dist/."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from commands.exit_codes import StoppedError
from commands.ignored_options import reject_ignored
from commands.release.release_files import SUMS
from commands.release.release_state import (
    ROOT,
    check_identity,
    check_state,
    export,
    git,
    project_version,
)
from infra import interpreter
from infra.bundle import BUILD
from infra.deploy_settings import DeploySettings

DIST = ROOT / "dist"
# A slow machine with an empty cache: two packages for two processors.
BUILD_SECONDS = 3600
EPILOG = """With make:  make release

\b
Exit code:
    0  written, tested and tagged
    2  an option is wrong
    3  not a state that can be released, or the two builds differ; nothing is tagged
"""


@click.command(epilog=EPILOG)
@click.option("--tag", is_flag=True, help="Tag the commit at the end, in this clone only.")
@click.option("--check-only", is_flag=True, help="Say whether this state can be released.")
@click.option("--runtime", help="Lambda's Python, like python3.13; this machine must have it.")
def release(tag: bool, check_only: bool, runtime: str | None) -> None:
    """Write Lambda packages, templates, bills of materials and checksums into dist/.

    Everything is built twice, from the commit's files alone, and must be the same bytes. Without
    --tag the commit may have its tag already: build it again to compare its checksums.
    """
    if check_only:
        reject_ignored("with --check-only, which writes nothing.", "tag")
    version = project_version()
    is_new = tag or check_only
    check_state(version, commit := git("rev-parse", "HEAD"), is_new=is_new)
    if is_new:
        check_identity()
    folder = DIST / version
    if folder.exists():
        raise StoppedError(f"There is a dist/{version} already: move it away or remove it first.")
    runtime = runtime or DeploySettings.model_fields["runtime"].default
    if interpreter.find(runtime.removeprefix("python")) is None:
        raise StoppedError(
            f"This machine has no {runtime}, so that the packages would be without bytecode: "
            f"make lambda-python RUNTIME={runtime}"
        )
    if check_only:
        return
    build(version, commit, runtime, folder)
    check_state(version, commit, is_new=is_new)
    if tag:
        git("tag", "--annotate", f"v{version}", "--message", f"Version {version}")
        click.echo(f"Tagged: v{version}. Nothing was pushed: git push origin v{version}")
    click.echo(f"Written: {folder.relative_to(ROOT)}, {len(list(folder.iterdir()))} files")


def build(version: str, commit: str, runtime: str, folder: Path) -> None:
    """Build twice, in folders of their own, and keep the first if the second is the same."""
    with _work_folder() as work:
        made = []
        # Of different lengths: no path of this machine may get into a package.
        for number in ("first", "second-elsewhere"):
            click.echo(f"Building, {number.split('-')[0]} time ...")
            source = export(commit, work / number / "source")
            out = work / number / "release"
            out.mkdir()
            _write(source, out, version, runtime)
            made.append(out)
        first, second = [{file.name: file.read_bytes() for file in out.iterdir()} for out in made]
        if differ := sorted(n for n in first | second if first.get(n) != second.get(n)):
            raise StoppedError(f"Two builds differ in {', '.join(differ)}.")
        folder.parent.mkdir(exist_ok=True)
        made[0].rename(folder)
    click.echo((folder / SUMS).read_text(), nl=False)


def _write(source: Path, out: Path, version: str, runtime: str) -> None:
    """Let the commit's own code write the release, as its files are and not as this clone's."""
    words: list[str | Path] = [out, version, runtime, source / ".build"]
    path = os.pathsep.join([str(source / "lambda_src"), str(source)])
    done = subprocess.run(  # noqa: S603 - our own arguments
        [sys.executable, "-m", "commands.release.release_files", *words],
        cwd=source, env={**os.environ, "PYTHONPATH": path}, timeout=BUILD_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        raise StoppedError("The release could not be written; what failed has said why.")


@contextmanager
def _work_folder() -> Iterator[Path]:
    """A folder for one release at a time, removed whatever ends it; also what a kill has left."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "release.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoppedError("Another release is being built in this clone.") from None
        for left in BUILD.glob("release-*"):
            shutil.rmtree(left, ignore_errors=True)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: sys.exit(128 + number))
        with TemporaryDirectory(dir=BUILD, prefix="release-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)
