"""What the gateway logs, for a test to read."""

import json
from io import StringIO
from typing import Any


class Log:
    """What the logger writes."""

    def __init__(self) -> None:
        self.text = StringIO()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.getvalue().splitlines()]
