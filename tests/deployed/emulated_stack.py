"""The real stack in an emulated AWS on this machine, to try out: what `emulated` commands do."""

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from commands.sql.answer import Answer, shown
from infra.names import DEFAULT_STACK
from tests.deployed.athena import Athena
from tests.deployed.curl import curl
from tests.deployed.deployment import Deployment
from tests.deployed.emulator import ROOT, Emulator, EmulatorError, free_port
from tests.deployed.eventually import eventually
from tests.deployed.not_emulated import refusal

FOLDER = Path(os.environ.get("EMULATED_DIR", ROOT / ".build/emulated"))
STATE = FOLDER / "state.json"
ENVIRONMENT = FOLDER / "environment"
DATA = FOLDER / "data"
NOTHING = Answer(["(no rows)"], [])


def up(*arguments: str) -> None:
    """Start what is not running, deploy, and say how to use it."""
    if sentence := refusal(*arguments):
        raise EmulatorError(sentence)
    state = _running() or _start()
    deployment = _deployment(state)
    _say("cdk deploy")
    upstream = f"http://127.0.0.1:{state['destination_port']}"
    deployment.deploy(*arguments, pinpointEndpointUrl=upstream, retryDelaySeconds=1)
    environment = deployment.emulator.environment().items()
    ENVIRONMENT.write_text("".join(f"export {name}={value}\n" for name, value in environment))
    option = _stack_option(deployment.stack)
    print(f"""
  API    {deployment.api}
  queue  {deployment.outputs["QueueUrl"]}
  events {_where(deployment)}

{curl(deployment)}

  For the AWS CLI and `make redrive{option}` in this shell:  . {_shown(ENVIRONMENT)}
  To take it away:  make destroy-emulated""")


def down() -> None:
    """Destroy the stack and end what `up` started."""
    state = _running()
    if state:
        deployment = _deployment(state)
        if deployment.was_synthesised:
            _say("cdk destroy")
            deployment.destroy()
        for process in ("emulator", "destination"):
            with suppress(ProcessLookupError):
                os.kill(state[f"{process}_pid"], signal.SIGTERM)
        eventually(lambda: not deployment.emulator.answers())
    shutil.rmtree(FOLDER, ignore_errors=True)
    print("Nothing is left of the emulated deployment.")


def sql(query: str) -> None:
    """Ask the deployed workgroup, and show what it finds."""
    state = _running()
    stack: dict[str, str] = {}
    if state:
        [stack] = json.loads((FOLDER / "outputs.json").read_text()).values()
    if not state or "LakeDatabase" not in stack:
        raise EmulatorError("No lake: make deploy-emulated, with destination=lake.")
    athena = Athena(
        Emulator(FOLDER, state["emulator_port"]),
        workgroup=stack["LakeWorkGroup"],
        database=stack["LakeDatabase"],
    )
    rows = athena.query(query)
    print(shown(Answer(list(rows[0]), [tuple(row.values()) for row in rows]) if rows else NOTHING))


def _stack_option(stack: str) -> str:
    """What a command for a deployed stack must be told, if it has not the default name."""
    return "" if stack == DEFAULT_STACK else f' OPTIONS="--stack {stack}"'


def _where(deployment: Deployment) -> str:
    """Where events end, in a word to the person who tries it."""
    outputs = deployment.outputs
    if "LakeDatabase" not in outputs:
        return f"{_shown(DATA)}/, where a second gateway keeps them, standing for Pinpoint"
    return (
        f"Athena's database {outputs['LakeDatabase']}, workgroup {outputs['LakeWorkGroup']}:\n"
        '         make sql-emulated QUERY="SELECT event_type, endpoint_id FROM events"'
    )


def _running() -> dict[str, int] | None:
    with suppress(FileNotFoundError):
        state: dict[str, int] = json.loads(STATE.read_text())
        if Emulator(FOLDER, state["emulator_port"]).answers():
            return state
    return None


def _start() -> dict[str, int]:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    _say("start MiniStack")
    emulator, port = Emulator(FOLDER), free_port()
    state = {
        "emulator_port": emulator.port,
        "emulator_pid": emulator.start(with_parent=False),
        "destination_port": port,
        "destination_pid": _start_destination(port),
    }
    STATE.write_text(json.dumps(state))
    _say("cdk bootstrap")
    _deployment(state).bootstrap()
    return state


def _start_destination(port: int) -> int:
    """The laptop's gateway stands where Pinpoint stood: it speaks the same protocol."""
    settings = {"PORT": str(port), "DATA_DIR": str(DATA)}
    with (FOLDER / "destination.log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "local.server"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ).pid


def _deployment(state: dict[str, int]) -> Deployment:
    return Deployment(Emulator(FOLDER, state["emulator_port"]), quiet=False)


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def _say(step: str) -> None:
    print(f"--- {step}", flush=True)
