"""Lambda functions as processes that can be killed: run as a program, it forks one for each event.

It reads orders from stdin, one JSON object a line, and writes to stdout whom it started, what that
answered, and how it ended.
"""

import json
import os
import sys
from typing import Any, TextIO

from putevents import api_handler, queue_handler
from putevents.gateway import Gateway
from tests.unit.doors import Context

# Made before the forks, as on Lambda before the first event.
GATEWAY = Gateway.load()
DOORS = {"api": api_handler.make_handler(GATEWAY), "queue": queue_handler.make_handler(GATEWAY)}


def main() -> None:
    """Serve until stdin ends."""
    wire = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # where the functions log to
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            _run(order, wire)
        print(json.dumps({"pid": pid}), file=wire)
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"ended": os.waitstatus_to_exitcode(status)}), file=wire)


def _run(order: dict[str, Any], wire: TextIO) -> None:
    answer = DOORS[order["door"]](order["event"], Context())
    print(json.dumps({"answer": answer}), file=wire, flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
