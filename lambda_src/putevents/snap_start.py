"""Lambda SnapStart: what a process makes anew that is restored from a snapshot of the init phase.

Connections, deadlines and the breaker's waits begin with the first request, so that a snapshot has
none; uuids and trace ids come from the system, which AWS makes safe.
"""

import os
import random
from importlib import import_module
from typing import Any

from putevents.observability import tracer


def register() -> None:
    """Let Lambda call `restored`, where it takes snapshots; the library is part of its runtimes."""
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        import_module("snapshot_restore_py").register_after_restore(restored)


def restored() -> None:
    """Make what all processes of one snapshot would share, or find where they no longer are."""
    random.seed()  # or the waits of all would be the same, and end together
    if address := os.environ.get("AWS_XRAY_DAEMON_ADDRESS"):
        recorder: Any = tracer.provider  # X-Ray's
        recorder.emitter.set_daemon_address(address)
