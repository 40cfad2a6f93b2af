"""The sink for Android on a full disk: what is stored stays, and the app hears of the rest."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.clients.android.conftest import Start
from tests.clients.android.sink_program import SinkProgram
from tests.clients.android.stand_in import StandIn, results
from tests.loopback import Response

EVENTS = 200


def _fill(sink: SinkProgram) -> set[str]:
    """Send more than fits; the ids that the sink did not say it dropped."""
    for number in range(EVENTS):
        sink.send(f"event-{number}", number)
    dropped = {event_id for (event_id,) in sink.told(r"dropped STORAGE_FAILED (\S+) .*")}
    assert 0 < len(dropped) < EVENTS
    return {f"event-{number}" for number in range(EVENTS)} - dropped


def test_a_write_that_stops_half_way_spoils_no_other_event(
    start: Start, stand_in: StandIn, tmp_path: Path
) -> None:
    """Files may have 20,000 bytes, in the middle of a line; then a new file is begun."""
    limited = ("sh", "-c", 'ulimit -f "$0" && exec "$@"', "40")  # of 512 bytes each
    sink = start("http://127.0.0.1:1", *limited, maxBatchEvents=EVENTS)
    stored = _fill(sink)
    sink.kill()
    assert len(list((tmp_path / "queue").glob("*.events"))) > 1

    later = start(stand_in.url)

    assert later.flush()
    assert stand_in.table == dict.fromkeys(stored, 1)
    assert later.told("dropped .*") == []


def test_a_full_disk_takes_nothing_from_those_that_wait(start: Start, stand_in: StandIn) -> None:
    """A tmpfs of 64 KB, which goes with the process: so the same one sends what it has stored."""
    mounted = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
    script = 'mount -t tmpfs -o size=64k none /mnt && exec "$@"'
    try:
        subprocess.run([*mounted, script, "sh", "true"], check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("A file system of one's own needs user namespaces, or root.")
    stand_in.always = lambda _: Response(503)
    queue = Path("/mnt", f"queue-{os.getpid()}")
    sink = start(stand_in.url, *mounted, script, "sh", directory=queue)
    stored = _fill(sink)

    stand_in.always = results
    assert sink.flush()
    assert stand_in.table == dict.fromkeys(stored, 1)
    sink.send("later")
    assert sink.flush()
    assert stand_in.table["later"] == 1
