"""The real stack in an account of the emulated AWS: `cdk deploy`, its outputs, `cdk destroy`."""

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from tests.deployed.emulator import ROOT, Emulator

CDK = ROOT / "infra/node_modules/.bin/cdk"
REGION = "us-east-1"
SECRET = "test"
# The emulated functions run on this machine's own processor.
ARCHITECTURE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")


class DeployError(AssertionError):
    """The CDK ended with an error; the text is what it printed."""


@dataclass(frozen=True)
class Account:
    """An account of the emulated AWS; any twelve digits are one, with themselves as root key."""

    emulator: Emulator
    id: str

    def client(self, service: str, key: str | None = None, secret: str = SECRET) -> Any:
        """A boto3 client of the account's root, or of somebody else's key."""
        return boto3.client(
            service,
            endpoint_url=self.emulator.url,
            region_name=REGION,
            aws_access_key_id=key or self.id,
            aws_secret_access_key=secret,
            config=Config(retries={"total_max_attempts": 1}),
        )

    def environment(self) -> dict[str, str]:
        """What makes AWS tools work in this account and in no other."""
        return {
            "AWS_ENDPOINT_URL": self.emulator.url,
            "AWS_ACCESS_KEY_ID": self.id,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "CDK_DEFAULT_ACCOUNT": self.id,
            "CDK_DEFAULT_REGION": REGION,
            # The CLI remembers which account a key belongs to; not for the developer's next deploy.
            "CDK_HOME": str(self.emulator.folder / "cdk"),
        }


class Deployment:
    """The stack in one account; `outputs` is how everything of it is found."""

    def __init__(self, account: Account, *, quiet: bool = True) -> None:
        self.account = account
        self.outputs: dict[str, str] = {}
        self.stack = ""
        self._quiet = quiet
        self._folder = account.emulator.folder / account.id
        self._folder.mkdir(exist_ok=True)

    @property
    def api(self) -> str:
        """The API's address here; Python cannot resolve the emulated host name."""
        url = urlsplit(self.outputs["ApiUrl"])
        api_id, stage = url.netloc.split(".")[0], url.path.strip("/")
        return f"{self.account.emulator.url}/_aws/execute-api/{api_id}/{stage}"

    def bootstrap(self) -> None:
        """`cdk bootstrap`, from a folder without an app, whose synth it does not need."""
        empty = self._folder / "empty"
        empty.mkdir(exist_ok=True)
        self._cdk("bootstrap", f"aws://{self.account.id}/{REGION}", cwd=empty)

    def deploy(self, *arguments: str, **options: object) -> None:
        """`cdk deploy` with the given options beside those of cdk.json."""
        file = self._folder / "outputs.json"
        context = {"architecture": ARCHITECTURE, **options}
        self._cdk(
            "deploy",
            "--require-approval=never",
            f"--output={self._folder / 'cdk.out'}",
            f"--outputs-file={file}",
            *(word for name, value in context.items() for word in ("-c", f"{name}={value}")),
            *arguments,
        )
        [(self.stack, self.outputs)] = json.loads(file.read_text()).items()

    def destroy(self) -> None:
        """`cdk destroy` of what was deployed."""
        out = f"--app={self._folder / 'cdk.out'}"
        self._cdk("destroy", "--force", out)

    def _cdk(self, *command: str, cwd: Path = ROOT) -> None:
        mine = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment = {
            **mine,
            **self.account.environment(),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{mine.get('PATH', os.defpath)}",
        }
        done = subprocess.run(
            [CDK, *command],
            cwd=cwd,
            env=environment,
            check=False,
            text=True,
            stdout=subprocess.PIPE if self._quiet else None,
            stderr=subprocess.STDOUT if self._quiet else None,
        )
        if done.returncode:
            raise DeployError(f"cdk {command[0]} failed\n{done.stdout or ''}")
