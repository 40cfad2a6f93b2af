"""The emulated AWS as a process on loopback: started, awaited, ended."""

import os
import secrets
import signal
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tests.deployed.eventually import eventually

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-emulator/bin/python"
SERVER = Path(__file__).with_name("ministack_server.py")
REGION = "us-east-1"
# The account that MiniStack takes every caller without a key to belong to.
ACCOUNT = ROOT_KEY = "000000000000"
SECRET = "test"
START_SECONDS = 60.0
END_SECONDS = 20.0


class EmulatorError(Exception):
    """The emulated AWS did not start; the text says why."""


# Below those that systems choose for outgoing connections: none takes it before its server does.
_PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    while True:
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", secrets.choice(_PORTS)))
            return int(listener.getsockname()[1])


class Emulator:
    """One MiniStack whose files stay in a folder; `url` is where AWS's APIs answer."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        # By name: for an address the AWS SDKs would not put account ids and the like before it.
        self.url = f"http://localhost:{self.port}"
        self.log = folder / "ministack.log"

    def start(
        self,
        *,
        with_parent: bool,
        xray: str | None = None,
        on_process: Callable[[int], None] = lambda pid: None,
    ) -> int:
        """Start it and wait until it answers; the process id, which `on_process` gets at once.

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
        on_process(process.pid)
        eventually(lambda: self.answers() or process.poll() is not None, START_SECONDS)
        if process.poll() is not None:
            raise EmulatorError(f"MiniStack ended at once:\n{self.log.read_text()[-2000:]}")
        return process.pid

    @property
    def pid(self) -> int:
        """The process that `start` started; the functions' are its children."""
        return self._process.pid

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

    def client(self, service: str, key: str = ROOT_KEY, secret: str = SECRET) -> Any:
        """A boto3 client of the account's root, or of somebody else's key."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(retries={"total_max_attempts": 1}),
        )

    def environment(self) -> dict[str, str]:
        """What makes AWS tools work in here and nowhere else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_SQS": self.url,  # for SQS the AWS CLI 1 passes over the other
            "AWS_ACCESS_KEY_ID": ROOT_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "CDK_DEFAULT_ACCOUNT": ACCOUNT,
            "CDK_DEFAULT_REGION": REGION,
            # The CLI remembers which account a key belongs to; not for the developer's next deploy.
            "CDK_HOME": str(self.folder / "cdk"),
        }

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
