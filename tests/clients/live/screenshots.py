"""`make screenshots`: the pictures of the live page in docs/images, of a gateway that it starts."""

import json
import math
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from commands.demo.customers import Customer, customers_of
from commands.demo.shop import visit_of
from tests.clients.browsing import CHROMIUM
from tests.clients.programs import ENVIRONMENT, NODE, ROOT
from tests.local.running_gateway import RunningGateway, environment

SECONDS = 300  # until the browser has had its time
HERE = Path(__file__).parent


def main() -> int:
    """Take them all; returns the exit status."""
    if not CHROMIUM.exists():
        print(f"{CHROMIUM} is not installed here (another place: CHROMIUM=/path)", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        failed = _take(home, "empty")
        # As after `make demo`, so that the pictures show what a reader sees.
        subprocess.run(
            [sys.executable, "-m", "commands", "demo", "--load-only"],
            cwd=ROOT, env=environment(home / "data", PORT="8080"), check=True, timeout=SECONDS,
        )  # fmt: skip
        return max(failed, _take(home, "demo"))


def _take(home: Path, part: str) -> int:
    gateway = RunningGateway(home / "data", PORT="8080")
    try:
        with _customers(gateway if part == "demo" else None):
            return subprocess.run(
                [NODE, HERE / "screenshots.mjs", gateway.url, ROOT / "docs/images", part],
                env={**ENVIRONMENT, "HOME": str(home), "CHROMIUM": str(CHROMIUM)},
                timeout=SECONDS,
                check=False,
            ).returncode
    finally:
        gateway.end()


@contextmanager
def _customers(gateway: RunningGateway | None) -> Iterator[None]:
    """Let customers of the demo shop come one after the other, as long as the pictures take."""
    over = threading.Event()
    thread = threading.Thread(target=_come, args=(gateway, over), daemon=True)
    if gateway:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if gateway:
            thread.join()


def _come(gateway: RunningGateway, over: threading.Event) -> None:
    today = datetime.now(UTC).date()
    days = (today - timedelta(days=n) for n in range(1, 30))
    customers: list[Customer] = [customer for day in days for customer in customers_of(day)]
    for number in count():
        if over.wait(0.3 + 0.2 * math.sin(number / 12)):
            return
        customer = customers[number * 7 % len(customers)]
        visit = visit_of(customer, today, datetime.now(UTC) - timedelta(minutes=3))
        gateway.ask("POST", visit.path, json.dumps(visit.body))


if __name__ == "__main__":
    sys.exit(main())
