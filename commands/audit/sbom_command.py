"""`sbom`: bills of materials of both Lambda packages, in CycloneDX, from what they hold."""

import json
import subprocess
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from commands.audit.wheel_sboms import held_by
from commands.exit_codes import StoppedError

CYCLONEDX = Path(".venv-audit/bin/cyclonedx-py")
SOURCE = Path(__file__).parents[2] / "lambda_src"
# The bill of each package, by the code in it: beside that code, so that no package holds it.
BILLS = {"putevents": SOURCE / "sbom.cdx.json", "authorizer": SOURCE / "authorizer-sbom.cdx.json"}
# SPDX has no name for a classifier; each package's own licence text says that these are meant.
_SPDX = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
}
EPILOG = """With make:  make sbom

\b
Exit code:
    0  written
    2  an option is wrong
    3  a package or its bill could not be made
"""


@click.command(epilog=EPILOG)
def sbom() -> None:
    """Write what each Lambda package holds: its dependencies, their versions and licences.

    lambda_src/sbom.cdx.json is of the gateway, authorizer-sbom.cdx.json of what verifies tokens.
    """
    from infra.bundle import BundleError, bundle, dependencies
    from infra.deploy_settings import DeploySettings

    architecture, runtime = (
        DeploySettings.model_fields[name].default for name in ("architecture", "runtime")
    )
    for code, bill in BILLS.items():
        try:
            package = bundle(architecture, runtime, code=code)
            wheels = dependencies(architecture, runtime, code=code)
        except BundleError as error:
            raise StoppedError(str(error)) from None
        bill.write_text(describe(package, wheels))
        click.echo(f"Written: {bill.relative_to(SOURCE.parent)}")


def describe(package: Path, wheels: Path) -> str:
    """Let cyclonedx-py read the package's metadata as it reads that of an environment.

    What a wheel says of itself to hold, such as OpenSSL, is added from the wheel.
    """
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
    bill = json.loads(done.stdout)
    for part in bill["components"]:
        for told in part.get("licenses", []):
            _name_by_spdx(told.get("license", {}))
        if held := held_by(part, wheels):
            part["components"] = held
    return f"{json.dumps(bill, indent=2)}\n"


def _name_by_spdx(licence: dict[str, str]) -> None:
    """Give a licence that is told by a classifier its SPDX id."""
    if licence.get("name") in _SPDX:
        licence["id"] = _SPDX[licence.pop("name")]
