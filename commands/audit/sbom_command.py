"""`sbom`: a bill of materials of the Lambda package, in CycloneDX, from what the package holds."""

import subprocess
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from commands.exit_codes import StoppedError

CYCLONEDX = Path(".venv-audit/bin/cyclonedx-py")
SBOM = Path(__file__).parents[2] / "lambda_src/sbom.cdx.json"
EPILOG = """With make:  make sbom

\b
Exit code:
    0  written
    3  the package or its bill could not be made
"""


@click.command(epilog=EPILOG)
def sbom() -> None:
    """Write lambda_src/sbom.cdx.json: the package's dependencies, their versions and licences."""
    from infra.bundle import BundleError, bundle
    from infra.deploy_settings import DeploySettings

    architecture, runtime = (
        DeploySettings.model_fields[name].default for name in ("architecture", "runtime")
    )
    try:
        package = bundle(architecture, runtime)
    except BundleError as error:
        raise StoppedError(str(error)) from None
    SBOM.write_text(describe(package))
    click.echo(f"Written: {SBOM.relative_to(SBOM.parents[1])}")


def describe(package: Path) -> str:
    """Let cyclonedx-py read the package's metadata as it reads that of an environment."""
    with TemporaryDirectory() as folder:
        environment = Path(folder)
        venv.create(environment)
        [packages] = environment.glob("lib/python*/site-packages")
        (packages / "package.pth").write_text(f"{package.resolve()}\n")
        done = subprocess.run(  # noqa: S603 - our own arguments
            [CYCLONEDX, "environment", "--output-reproducible", environment / "bin/python"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    if done.returncode:
        raise StoppedError(f"cyclonedx-py failed: {done.stderr.strip()[-500:]}")
    return f"{done.stdout.strip()}\n"
