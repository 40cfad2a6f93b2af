"""The real stack in the emulated AWS: `cdk deploy`, its outputs, `cdk destroy`."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from tests.deployed.cdk_output import CdkOutput
from tests.deployed.emulator import ACCOUNT, REGION, ROOT, Emulator

CDK = ROOT / "infra/node_modules/.bin/cdk"
# The emulated functions run on this machine's own processor.
ARCHITECTURE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
QUICK_POLLS = Path(__file__).with_name("quick_polls.cjs")
COMMAND_SECONDS = 120


# They run on the emulator's own Python, whose environment this one has made.
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"


class DeployError(AssertionError):
    """The CDK ended with an error; the text is what it printed."""


class Deployment:
    """The stack; `outputs` is how everything of it is found."""

    def __init__(self, emulator: Emulator, output: CdkOutput | None = None) -> None:
        self.emulator = emulator
        self.outputs: dict[str, str] = {}
        self.context: dict[str, object] = {}  # what it was last deployed with
        self.stack = ""
        self._output = output  # who watches it is told of its progress
        self._folder = emulator.folder
        self.assembly = emulator.folder / "cdk.out"

    @property
    def api(self) -> str:
        """The API's address here; Python cannot resolve the emulated host name."""
        url = urlsplit(self.outputs["ApiUrl"])
        api_id, stage = url.netloc.split(".")[0], url.path.strip("/")
        return f"{self.emulator.url}/_aws/execute-api/{api_id}/{stage}"

    @property
    def was_synthesised(self) -> bool:
        """Whether a deploy came so far that there may be something to destroy."""
        return (self.assembly / "manifest.json").exists()

    def bootstrap(self) -> None:
        """`cdk bootstrap`, from a folder without an app, whose synth it does not need."""
        empty = self._folder / "empty"
        empty.mkdir(exist_ok=True)
        self._cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}", cwd=empty)

    def deploy(self, *arguments: str, **options: object) -> None:
        """`cdk deploy` with the given options beside those of cdk.json."""
        file = self._folder / "outputs.json"
        self.context = {"architecture": ARCHITECTURE, "runtime": RUNTIME, **options}
        self._cdk(
            "deploy",
            "--require-approval=never",
            f"--outputs-file={file}",
            *self._app(self.context),
            *arguments,
        )
        [(self.stack, self.outputs)] = json.loads(file.read_text()).items()

    def _app(self, context: Mapping[str, object]) -> list[str]:
        """What names the app to the CLI: cdk.json's with these options."""
        options = (word for name, value in context.items() for word in ("-c", f"{name}={value}"))
        return [f"--output={self.assembly}", *options]

    def destroy(self) -> None:
        """`cdk destroy` of what was deployed."""
        self._cdk("destroy", "--force", f"--app={self.assembly}")

    def command(self, *arguments: str) -> str:
        """`python -m commands` in the deployment's account; what it prints."""
        return subprocess.run(
            [sys.executable, "-m", "commands", *arguments],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **self.emulator.environment()},
            check=True,
            text=True,
            stdout=subprocess.PIPE,
            timeout=COMMAND_SECONDS,
        ).stdout

    def _cdk(self, *command: str, cwd: Path = ROOT) -> None:
        mine = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment = {
            **mine,
            **self.emulator.environment(),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{mine.get('PATH', os.defpath)}",
            "NODE_OPTIONS": f'{mine.get("NODE_OPTIONS", "")} --require "{QUICK_POLLS}"',
        }
        if self._output:
            step, words = f"cdk {command[0]}", [*command, "--progress=events"]
            status, said = self._output.follow(step, [CDK, *words], cwd, environment)
        else:
            done = subprocess.run(
                [CDK, *command],
                cwd=cwd, env=environment, check=False, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            status, said = done.returncode, done.stdout
        if status:
            raise DeployError(f"cdk {command[0]} failed\n{said}")
