"""A browser that runs scenarios: one for all of tests/clients/live, and of tests/clients/web."""

import json
import re
import subprocess
from pathlib import Path

from tests.clients.browsing import CHROMIUM
from tests.clients.programs import ENVIRONMENT, NODE

LIVE = Path(__file__).parent
SCENARIO = re.compile(r"^  '(.+?)': (?:async )?\(", re.M)


def scenarios(file: str, folder: Path = LIVE) -> list[str]:
    """The names of a file's scenarios, each a sentence."""
    return SCENARIO.findall((folder / f"scenarios/{file}.mjs").read_text())


class LiveBrowser:
    """A driver that runs the scenarios it is ordered, one after the other."""

    def __init__(self, home: Path, folder: Path = LIVE, *arguments: str) -> None:
        self._driver = subprocess.Popen(
            [NODE, folder / "drive.mjs", *arguments],
            env={**ENVIRONMENT, "HOME": str(home), "CHROMIUM": str(CHROMIUM)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, scenario: str, url: str, application_id: str, **more: str) -> None:
        """Run a scenario against a gateway; fails as it fails."""
        assert self._driver.stdin
        assert self._driver.stdout
        assert self._driver.stderr
        order = {"scenario": scenario, "url": url, "app": application_id, **more}
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
