"""A full disk fails exactly what cannot be stored, and is over when there is space again."""

import errno
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from io import RawIOBase
from pathlib import Path
from typing import Any

import pytest

from local.whole_lines import WholeLines
from putevents.wire.answers import ACCEPTED, FAILED
from tests.local.running_gateway import EVENT, SECONDS, RunningGateway, put_events_body

# A filesystem of its own for a process and its children, which needs no root where users may have
# namespaces; it goes with the process.
SMALL_DISK = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
MOUNT = 'mount -t tmpfs -o size={size} tmpfs "{folder}" && exec "$0" "$@"'


def has_namespaces(folder: Path) -> bool:
    try:
        command = [*SMALL_DISK, MOUNT.format(size="1m", folder=folder), "true"]
        return not subprocess.run(command, capture_output=True, timeout=SECONDS).returncode
    except OSError:
        return False


class SmallGateway:
    """A gateway whose folder is on a disk of 2 MB."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        through = [*SMALL_DISK, MOUNT.format(size="2m", folder=folder)]
        self.gateway = RunningGateway(folder, through=through)
        root = Path("/proc", str(self.gateway.process.pid), "root")
        self._disk = root / folder.relative_to("/")
        self._filler = self._disk / "filler"

    def fill(self) -> None:
        """Leave not one byte."""
        with self._filler.open("wb", buffering=0) as file:
            for size in (65536, 1):
                with suppress(OSError):
                    while True:
                        file.write(b"x" * size)

    def make_space(self) -> None:
        self._filler.unlink()

    def stored(self, application_id: str) -> list[tuple[Any, ...]]:
        """As RunningGateway's, of a copy: SQLite does not open a path through /proc."""
        for file in self._disk.glob("putevents.db*"):
            shutil.copy(file, self.gateway.data_dir)
        return self.gateway.stored(application_id)

    def post(self, events: dict[str, Any]) -> tuple[int, Any]:
        body = json.dumps(put_events_body(events))
        return self.gateway.ask("POST", "/v1/apps/my-app/events", body)


@pytest.fixture(name="small")
def _small(tmp_path: Path) -> Iterator[SmallGateway]:
    if not has_namespaces(tmp_path):
        pytest.skip("no small disk can be mounted here")
    small = SmallGateway(tmp_path / "data")
    yield small
    assert small.gateway.end() == (0, "")


def test_what_cannot_be_stored_is_a_500_of_its_own_each_time(small: SmallGateway) -> None:
    small.post({"before": EVENT})
    small.fill()
    for number in range(20):  # more lines than what is left of the log file's last page takes
        status, answer = small.post({f"event-{number}": EVENT, "bad": {}})
        assert status == HTTPStatus.ACCEPTED, answer
        item = answer["Results"]["device"]
        assert item["EndpointItemResponse"] == FAILED
        assert item["EventsItemResponse"][f"event-{number}"] == FAILED
        assert item["EventsItemResponse"]["bad"]["StatusCode"] == HTTPStatus.BAD_REQUEST
    assert small.stored("my-app") == [("device", "before", "hello")]

    small.make_space()
    _, answer = small.post({"after": EVENT})
    assert answer["Results"]["device"]["EventsItemResponse"] == {"after": ACCEPTED}


def test_reads_health_and_the_queue_do_what_they_can(small: SmallGateway) -> None:
    gateway, endpoint = small.gateway, "/v1/apps/my-app/endpoints/device"
    small.post({"before": EVENT})
    small.fill()
    for _ in range(20):  # the log file's last page has room for fewer lines
        gateway.ask("GET", endpoint)
    gateway.wait_for("the log file cannot be written")

    assert gateway.ask("GET", endpoint)[0] == HTTPStatus.OK
    assert gateway.ask("GET", "/v1/apps/my-app/nothing")[0] == HTTPStatus.NOT_FOUND
    assert gateway.ask("GET", "/health")[0] == HTTPStatus.SERVICE_UNAVAILABLE
    status, answer = gateway.ask("PUT", endpoint, json.dumps({"OptOut": "ALL"}))
    assert (status, answer["Message"]) == (500, "Not delivered, please try again.")
    status, answer = gateway.ask("DELETE", endpoint)
    assert (status, answer["Message"]) == (
        500,
        "The destination did not answer, please try again.",
    )

    small.make_space()
    assert gateway.ask("GET", "/health")[0] == HTTPStatus.OK
    assert gateway.ask("PUT", endpoint, json.dumps({"OptOut": "ALL"}))[0] == HTTPStatus.ACCEPTED
    assert gateway.ask("GET", endpoint)[1]["OptOut"] == "ALL"


def test_a_message_waits_until_there_is_space(small: SmallGateway) -> None:
    gateway = small.gateway
    small.fill()
    printed = len(gateway.lines)
    with pytest.raises(AssertionError):
        _send(gateway, "refused")
    small.make_space()
    _send(gateway, "taken")
    gateway.wait_for("queue  1 taken", printed)
    assert small.stored("from-queue") == [("device", "taken", "hello")]


def _send(gateway: RunningGateway, event_id: str) -> None:
    request = {"ApplicationId": "from-queue", "EventsRequest": put_events_body({event_id: EVENT})}
    body = json.dumps({"QueueUrl": f"{gateway.url}/queue", "MessageBody": json.dumps(request)})
    connection = gateway.connect()
    connection.request("POST", "/", body, {"X-Amz-Target": "AmazonSQS.SendMessage"})
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == HTTPStatus.OK


class Disk(RawIOBase):
    """A file on a disk that has so many bytes left."""

    def __init__(self) -> None:
        self.left, self.data = 0, b""

    def write(self, data: Any) -> int:
        if not self.left:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = bytes(data[: self.left])
        self.left -= len(written)
        self.data += written
        return len(written)


def test_a_line_that_was_cut_off_does_not_run_into_the_next() -> None:
    disk = Disk()
    lines = WholeLines(disk)
    disk.left = 8
    print("first", file=lines)
    print("second", file=lines)
    print("third", file=lines)
    disk.left = 100
    print("fourth", file=lines)
    print("fifth \ud800", file=lines)
    assert disk.data == b"first\nse\nfourth\nfifth \\ud800\n"
