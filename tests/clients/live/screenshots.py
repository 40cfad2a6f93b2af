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
        # The second start has the thirty days in its store, and not in its plot.
        return max(_take(Path(folder), part) for part in ("before", "after"))


def _take(home: Path, part: str) -> int:
    gateway = RunningGateway(home / "data", PORT="8080")
    try:
        return subprocess.run(
            [NODE, HERE / "screenshots.mjs", gateway.url, ROOT / "docs/images", part],
            env={**ENVIRONMENT, "HOME": str(home), "CHROMIUM": str(CHROMIUM)},
            timeout=SECONDS,
            check=False,
        ).returncode
    finally:
        gateway.end()


if __name__ == "__main__":
    sys.exit(main())
