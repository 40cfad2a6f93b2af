"""The browser that visits the live page: one for all scenarios of tests/clients/live."""

import json
import re
import subprocess
from pathlib import Path

from tests.clients.browsing import CHROMIUM
from tests.clients.programs import ENVIRONMENT, NODE

LIVE = Path(__file__).parent
SCENARIO = re.compile(r"^  '(.+?)': (?:async )?\(", re.M)


def scenarios(file: str) -> list[str]:
    """The names of a file's scenarios, each a sentence."""
    return SCENARIO.findall((LIVE / f"scenarios/{file}.mjs").read_text())


class LiveBrowser:
    """A driver that runs the scenarios it is ordered, one after the other."""

    def __init__(self, home: Path) -> None:
        self._driver = subprocess.Popen(
            [NODE, LIVE / "drive.mjs"],
            env={**ENVIRONMENT, "HOME": str(home), "CHROMIUM": str(CHROMIUM)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, scenario: str, url: str, application_id: str) -> None:
        """Run a scenario against a gateway; fails as it fails."""
        assert self._driver.stdin
        assert self._driver.stdout
        assert self._driver.stderr
        order = {"scenario": scenario, "url": url, "app": application_id}
        self._driver.stdin.write(json.dumps(order) + "\n")
        self._driver.stdin.flush()
        line = self._driver.stdout.readline()
        assert line, self._driver.stderr.read()
        error = json.loads(line)["error"]
        assert error is None, error

    def end(self) -> None:
        """Close the browser."""
        output, errors = self._driver.communicate(timeout=60)
        assert (self._driver.returncode, output, errors) == (0, "", "")
