"""`make screenshots`: the pictures of the live page in docs/images, of a gateway that it starts."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.clients.browsing import CHROMIUM
from tests.clients.programs import ENVIRONMENT, NODE, ROOT
from tests.local.running_gateway import RunningGateway

SECONDS = 300  # until the browser has had its time
HERE = Path(__file__).parent


def main() -> int:
    """Take them all; returns the exit status."""
    if not CHROMIUM.exists():
        print(f"{CHROMIUM} is not installed here (another place: CHROMIUM=/path)", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        gateway = RunningGateway(Path(folder, "data"), PORT="8080")
        try:
            taken = subprocess.run(
                [NODE, HERE / "screenshots.mjs", gateway.url, ROOT / "docs/images"],
                env={**ENVIRONMENT, "HOME": folder, "CHROMIUM": str(CHROMIUM)},
                timeout=SECONDS,
                check=False,
            )
        finally:
            gateway.end()
    return taken.returncode


if __name__ == "__main__":
    sys.exit(main())
