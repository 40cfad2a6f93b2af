"""Runs schemathesis against a gateway of `make run`: `make fuzz-contract`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.contract.openapi_document import DOCUMENT, ROOT
from tests.local.running_gateway import RunningGateway

CONFIG = Path(__file__).with_name("schemathesis.toml")


def run_schemathesis(
    url: str, *options: str, folder: Path, seconds: int | None
) -> subprocess.CompletedProcess[str]:
    """Make requests of docs/openapi.json, with all checks on; the output says what was found."""
    program = Path(sys.executable).with_name("schemathesis")
    return subprocess.run(
        [
            program, "--config-file", CONFIG, "--no-color", "run", DOCUMENT, "--url", url,
            "--checks", "all", *options,
        ],
        cwd=folder,
        env={"PATH": os.defpath, "PYTHONPATH": f"{ROOT}:{ROOT / 'lambda_src'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )  # fmt: skip


def main(seconds: str, seed: str) -> int:
    """Fuzz for that long, and print what was found."""
    with tempfile.TemporaryDirectory() as folder:
        gateway = RunningGateway(Path(folder) / "data")
        try:
            options = ["--max-time", seconds, *(["--seed", seed] if seed else [])]
            done = run_schemathesis(gateway.url, *options, folder=Path(folder), seconds=None)
        finally:
            gateway.end()
    print(done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
