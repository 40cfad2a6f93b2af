"""Visits to an app in a browser, each in a fresh Chromium that stays until the test ends."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.clients.programs import ENVIRONMENT, HERE, NODE, SECONDS

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
# What Amplify says of Pinpoint's end to everybody is no complaint about the gateway.
_NEWS = "AWS will end support for Amazon Pinpoint"


class Browse:
    """Runs scenarios of tests/clients/browser against the gateway."""

    def __init__(self, url: str, home: Path) -> None:
        self._url = url
        self._home = home
        self._drivers: list[subprocess.Popen[str]] = []

    def __call__(
        self, library: str, scenario: str, application_id: str, redirect: str, **options: str
    ) -> Any:
        """Visit the app and do what the scenario says; what the page said, sent and concluded."""
        order = {
            "library": library,
            "scenario": scenario,
            "application": application_id,
            "redirect": redirect,
            "gateway": self._url,
            "flushInterval": "200",
            **options,
        }
        driver = subprocess.Popen(
            [NODE, HERE / "browser/drive.mjs", json.dumps(order)],
            env={**ENVIRONMENT, "HOME": str(self._home), "CHROMIUM": str(CHROMIUM)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._drivers.append(driver)
        assert driver.stdout
        assert driver.stderr
        line = driver.stdout.readline()
        assert line, driver.stderr.read()
        visit = json.loads(line)
        visit["complaints"] = [text for text in visit["complaints"] if _NEWS not in text]
        return visit

    def end(self) -> None:
        """Close the browsers, which have nothing more to say."""
        for driver in self._drivers:
            output, errors = driver.communicate(timeout=SECONDS)
            assert (driver.returncode, output, errors) == (0, "", "")
