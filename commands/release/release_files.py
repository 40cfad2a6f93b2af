"""Everything that a release holds, in a folder: packages, templates, bills, checksums."""

import hashlib
import json
import shutil
import sys
from itertools import product
from pathlib import Path

from commands.release.archives import archive_name, write_archive
from commands.release.plain_template import plain_template
from commands.release.release_bill import release_bill
from infra.bundle import AUTHORIZER, GATEWAY, MACHINES, BundleError, bundle

ROOT = Path(__file__).parents[2]
SUMS, LICENSE = "SHA256SUMS", "LICENSE"
DESTINATIONS = ("lake", "lake,stream", "pinpoint")
AUTHS = ("iam", "cognito", "jwt", "api-key", "none")
BILLS = {GATEWAY: "sbom.cdx.json", AUTHORIZER: "authorizer-sbom.cdx.json"}


def template_name(destination: str, auth: str) -> str:
    """Return the name of a template's file."""
    return f"{destination.replace(',', '-')}-{auth}.template.json"


def kind_of(name: str) -> tuple[str, str]:
    """Return the destination and the auth of a template like lake-iam; ValueError if none is."""
    for destination, auth in product(DESTINATIONS, AUTHS):
        if template_name(destination, auth) == f"{name}.template.json":
            return destination, auth
    raise ValueError(name)


def write_packages(
    folder: Path, version: str, runtime: str, build: Path, architectures: tuple[str, ...]
) -> None:
    """Write both Lambda packages for each processor."""
    for code, architecture in product((GATEWAY, AUTHORIZER), architectures):
        package = bundle(architecture, runtime, code=code, build=build)
        write_archive(package, folder / archive_name(code, version, architecture, runtime))


def write_template(file: Path, template: dict[str, object]) -> None:
    """Write a template on one line: CloudFormation takes 1 MB, and a stranger formats it."""
    file.write_text(f"{json.dumps(template, separators=(',', ':'))}\n")


def write_release(
    folder: Path,
    version: str,
    runtime: str,
    build: Path,
    architectures: tuple[str, ...] = tuple(MACHINES),
) -> None:
    """Write the whole release into an empty folder."""
    write_packages(folder, version, runtime, build, architectures)
    for destination, auth in product(DESTINATIONS, AUTHS):
        template = plain_template(version, runtime, destination=destination, auth=auth)
        write_template(folder / template_name(destination, auth), template)
    for code, bill in BILLS.items():
        parts = json.loads((ROOT / "lambda_src" / bill).read_text())
        archives = [*folder.glob(f"{code}-{version}-*.zip")]
        file = folder / f"{code}-{version}.cdx.json"
        file.write_text(release_bill(parts, code, version, archives))
    shutil.copyfile(ROOT / LICENSE, folder / LICENSE)
    (folder / SUMS).write_text(checksums(folder))


def checksums(folder: Path) -> str:
    """Return the SHA-256 of each file, as `sha256sum --check` reads it."""
    files = sorted(path for path in folder.iterdir() if path.name != SUMS)
    return "".join(f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}\n" for f in files)


def main() -> None:
    """Write the release of the code that this is: FOLDER VERSION RUNTIME BUILD."""
    folder, version, runtime, build = sys.argv[1:]
    try:
        write_release(Path(folder), version, runtime, Path(build))
    except BundleError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
