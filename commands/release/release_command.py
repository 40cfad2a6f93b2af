"""`release`: everything that somebody needs who deploys without the CDK, in dist/."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from commands.exit_codes import StoppedError
from commands.ignored_options import reject_ignored
from commands.release.release_files import SUMS, write_release
from infra import interpreter
from infra.bundle import BUILD, BundleError
from infra.deploy_settings import DeploySettings

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"
EPILOG = """With make:  make release

\b
Exit code:
    0  written, tested and tagged
    3  not a state that can be released, or the two builds differ; nothing is tagged
"""


@click.command(epilog=EPILOG)
@click.option("--tag", is_flag=True, help="Tag the commit at the end, in this clone only.")
@click.option("--check-only", is_flag=True, help="Say whether this state can be released.")
@click.option("--runtime", help="Lambda's Python, like python3.13; this machine must have it.")
def release(tag: bool, check_only: bool, runtime: str | None) -> None:
    """Write Lambda packages, templates, bills of materials and checksums into dist/.

    Everything is built twice, and must be the same bytes.
    """
    if check_only:
        reject_ignored("with --check-only, which writes nothing.", "tag")
    version = project_version()
    check_state(version, commit := _git("rev-parse", "HEAD"))
    runtime = runtime or DeploySettings.model_fields["runtime"].default
    if interpreter.find(runtime.removeprefix("python")) is None:
        raise StoppedError(
            f"This machine has no {runtime}, so that the packages would be without bytecode: "
            f"make lambda-python RUNTIME={runtime}"
        )
    if check_only:
        return
    folder = build(version, runtime)
    check_state(version, commit)
    if tag:
        _git("tag", "--annotate", f"v{version}", "--message", f"Version {version}")
        click.echo(f"Tagged: v{version}. Nothing was pushed: git push origin v{version}")
    click.echo(f"Written: {folder.relative_to(ROOT)}, {len(list(folder.iterdir()))} files")


def project_version() -> str:
    """Return the version, which stands in pyproject.toml and nowhere else."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return version


def check_state(version: str, commit: str) -> None:
    """Stop unless everything is committed, the changelog has the version, and no tag does."""
    if changed := _git("status", "--porcelain"):
        raise StoppedError(f"Commit or remove first:\n{changed}")
    if _git("rev-parse", "HEAD") != commit:
        raise StoppedError("Another commit was checked out while the release was built.")
    heading = rf"^## {re.escape(version)} - \d{{4}}-\d\d-\d\d$"
    if not re.search(heading, (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE):
        raise StoppedError(f"CHANGELOG.md has no section `## {version} - YYYY-MM-DD`.")
    if _git("tag", "--list", f"v{version}"):
        raise StoppedError(f"There is a tag v{version}: raise the version in pyproject.toml.")


def build(version: str, runtime: str) -> Path:
    """Build twice, in folders of their own, and keep the first if the second is the same."""
    folder = DIST / version
    BUILD.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=BUILD) as work:
        made = []
        for number in ("first", "second"):
            click.echo(f"Building, {number} time ...")
            out = Path(work) / number / "release"
            out.mkdir(parents=True)
            try:
                write_release(out, version, runtime, build=Path(work) / number / "build")
            except BundleError as error:
                raise StoppedError(str(error)) from None
            made.append(out)
        first, second = [{file.name: file.read_bytes() for file in out.iterdir()} for out in made]
        if differ := sorted(name for name in first if first[name] != second.get(name)):
            raise StoppedError(f"Two builds differ in {', '.join(differ)}.")
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(exist_ok=True)
        made[0].rename(folder)
    click.echo((folder / SUMS).read_text(), nl=False)
    return folder


def _git(*words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own arguments
        ["git", *words],  # noqa: S607 - found on the PATH
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if done.returncode:
        raise StoppedError(f"git {words[0]}: {done.stderr.strip()}")
    return done.stdout.strip()
