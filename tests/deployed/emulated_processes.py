"""The two processes of an emulated deployment to try out: started, found again, ended."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.deployed.emulator import END_SECONDS, ROOT, Emulator, free_port
from tests.deployed.eventually import StillNotError, eventually

# By what the command line of each is known: a process id is given out again.
MARKS = {"destination": "local.server", "emulator": "ministack_server.py"}
State = dict[str, int]


class Processes:
    """What stands in the file, whoever wrote it and however that ended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._file = folder / "state.json"
        self.state: State = {}
        with suppress(FileNotFoundError, ValueError):  # a file that was cut off names nobody
            self.state = json.loads(self._file.read_text())

    @property
    def emulator(self) -> Emulator:
        """The emulator of the file."""
        return Emulator(self.folder, self.state["emulator_port"])

    @property
    def has_emulator(self) -> bool:
        """Whether an emulator of the file answers, with or without the other process."""
        return self._is_running("emulator") and self.emulator.answers()

    def note(self, **values: int) -> None:
        """Write down what is known now: an end at any moment leaves nobody unknown."""
        self.state |= values
        unfinished = self._file.with_suffix(".new")
        unfinished.write_text(json.dumps(self.state))
        os.replace(unfinished, self._file)

    def start(self) -> None:
        """Start what is missing: an emulator that answers keeps all that is deployed in it."""
        if not self.has_emulator:
            self.end()
            self.folder.mkdir(parents=True)
            emulator = Emulator(self.folder)
            self.note(emulator_port=emulator.port)
            emulator.start(with_parent=False, on_process=lambda pid: self.note(emulator_pid=pid))
        if not self._is_running("destination"):
            # The functions know it by its port.
            port = self.state.get("destination_port") or free_port()
            self.note(destination_port=port, destination_pid=self._start_destination(port))

    def end(self, *names: str) -> None:
        """End these or all, however long ago they were started; all take the folder with them."""
        for name in names or MARKS:
            if self._is_running(name):
                _end(self.state[f"{name}_pid"], lambda name=name: not self._is_running(name))  # type: ignore[misc]
        if not names:
            self.state = {}
            shutil.rmtree(self.folder, ignore_errors=True)

    def _is_running(self, name: str) -> bool:
        pid = self.state.get(f"{name}_pid")
        return pid is not None and MARKS[name] in command_of(pid)

    def _start_destination(self, port: int) -> int:
        """The laptop's gateway stands where Pinpoint stood: it speaks the same protocol."""
        # Nothing else: the caller's DESTINATION, say, would be one that this gateway has not got.
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": f"{ROOT / 'lambda_src'}:{ROOT}",
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "PORT": str(port),
            "DATA_DIR": str(self.data),
        }
        with (self.folder / "destination.log").open("w") as log:
            return subprocess.Popen(
                [sys.executable, "-m", MARKS["destination"]],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ).pid


def command_of(pid: int) -> str:
    """The command line of a process; nothing of one that is gone, or that is a zombie."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # one of our own
    if Path("/proc/self/cmdline").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        return ""
    shown = subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout


def _end(pid: int, is_gone: Callable[[], bool]) -> None:
    """End a process and what it has started: its group is its own."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(pid, number)
        with suppress(StillNotError):
            eventually(is_gone, END_SECONDS)
            return
