"""The emulated AWS as a process on loopback: started, awaited, ended."""

import os
import signal
import socket
import subprocess
from http.client import HTTPConnection
from pathlib import Path

from tests.deployed.eventually import eventually

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-emulator/bin/python"
SERVER = Path(__file__).with_name("ministack_server.py")
START_SECONDS = 60.0
END_SECONDS = 20.0


class EmulatorError(Exception):
    """The emulated AWS did not start; the text says why."""


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Emulator:
    """One MiniStack whose files stay in a folder; `url` is where AWS's APIs answer."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        # By name: for an address the AWS SDKs would not put account ids and the like before it.
        self.url = f"http://localhost:{self.port}"
        self.log = folder / "ministack.log"

    def start(self, *, with_parent: bool, xray: str | None = None) -> int:
        """Start it and wait until it answers; the process id.

        `with_parent` ends it together with this process. `xray` is where the functions send their
        traces.
        """
        if not PYTHON.exists():
            raise EmulatorError(f"{PYTHON} is missing: make .venv-emulator/ready")
        temporary = self.folder / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        environment = {
            # Nothing else: the emulated functions get it all in their own environment.
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "TMPDIR": str(temporary),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "AUTH": "true",  # check signatures and policies, as AWS does
            "IOT_MTLS_ENABLED": "0",  # its broker would listen on every interface
            **({"AWS_XRAY_DAEMON_ADDRESS": xray} if xray else {}),
        }
        with self.log.open("w") as log:
            process = subprocess.Popen(
                [PYTHON, SERVER, *(["--with-parent"] if with_parent else [])],
                stdin=subprocess.PIPE if with_parent else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=self.folder,
                start_new_session=True,
            )
        self._process = process  # its stdin stays open as long as this object lives
        eventually(lambda: self.answers() or process.poll() is not None, START_SECONDS)
        if process.poll() is not None:
            raise EmulatorError(f"MiniStack ended at once:\n{self.log.read_text()[-2000:]}")
        return process.pid

    def answers(self) -> bool:
        """Whether it is there."""
        connection = HTTPConnection("localhost", self.port, timeout=2)
        try:
            connection.request("GET", "/_ministack/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End the process that `start` started, and wait for it."""
        process = self._process
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()
