"""The real stack in an emulated AWS on this machine, to try out: what `emulated` commands do."""

import json
import os
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import ClientError, WaiterError

from commands.deploy.deploy_options import DeployOptions, shipped
from commands.release.release_files import kind_of
from commands.sql.answer import Answer, shown
from infra.deploy_settings import DeploySettings, DeploySettingsError
from infra.names import DEFAULT_STACK
from infra.settings.alarm_settings import NO_RECIPIENT
from tests.deployed.athena import Athena
from tests.deployed.cdk_output import CdkOutput
from tests.deployed.curl import application_id, curl
from tests.deployed.deployment import ARCHITECTURE, RUNTIME, DeployError, Deployment
from tests.deployed.emulated_processes import Processes
from tests.deployed.emulator import ROOT, EmulatorError
from tests.deployed.not_emulated import refusal
from tests.deployed.plain_stack import PlainStack

GIVEN = os.environ.get("EMULATED_DIR", "")
FOLDER = Path(os.path.expanduser(GIVEN) or ROOT / ".build/emulated").absolute()
ENVIRONMENT = FOLDER / "environment"
LOG, OUTPUTS = FOLDER / "cdk.log", FOLDER / "outputs.json"
HERE = {"retryDelaySeconds": 1}  # what is tried out should not wait
NOTHING = Answer(["(no rows)"], [])


def up(*arguments: str) -> None:
    """Start what is not running, deploy, and say how to use it."""
    settings = _check(*arguments)
    processes = Processes(FOLDER)
    if not processes.has_emulator:
        _say("start MiniStack")
    processes.start()
    deployment = _deployment(processes)
    try:
        if not processes.state.get("is_bootstrapped"):
            deployment.bootstrap()
            processes.note(is_bootstrapped=1)
        upstream = f"http://127.0.0.1:{processes.state['destination_port']}"
        forwards = "pinpoint" in settings.destination
        given = HERE | ({"pinpointEndpointUrl": upstream} if forwards else {})
        deployment.deploy(*arguments, **given)
    except DeployError as error:
        raise EmulatorError(
            f"{error}\nAll of it is in {_shown(LOG)}. The same command tries again, "
            f"{typed('destroy-emulated')} takes away what is there."
        ) from None
    _tell(deployment, processes)


def create(name: str, given: dict[str, str]) -> None:
    """Start what is not running, create a released template's stack, and say how to use it."""
    processes = Processes(FOLDER)
    processes.start()
    stack = PlainStack(processes.emulator)
    folder = FOLDER / "release"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        url = stack.upload(folder, *kind_of(name))
        _say(f"create a stack of {name}.template.json")
        stack.create(DEFAULT_STACK, url, **{"ApplicationId": "my-app", **given})
    except (ClientError, WaiterError) as error:
        raise EmulatorError(
            f"{error}\n{stack.failures(DEFAULT_STACK)}\n{typed('destroy-emulated')} takes away"
            " what is there, an earlier stack too."
        ) from None
    OUTPUTS.write_text(json.dumps({stack.stack: stack.outputs}))
    _tell(stack, processes)


def _tell(deployment: Deployment, processes: Processes) -> None:
    environment = deployment.emulator.environment().items()
    ENVIRONMENT.write_text("".join(f"export {n}={shlex.quote(v)}\n" for n, v in environment))
    print(_how_to_use(deployment, processes))


def _check(*arguments: str) -> DeploySettings:
    """Return the settings; raise EmulatorError, before anything starts, for what is none."""
    if sentence := refusal(*arguments):
        raise EmulatorError(sentence)
    context = {"architecture": ARCHITECTURE, "runtime": RUNTIME, **HERE}
    context["pinpointEndpointUrl"] = "http://127.0.0.1:8080"  # the port is not known yet
    given = shipped() | context | DeployOptions.parse(arguments).context
    try:
        return DeploySettings.from_context(given)
    except DeploySettingsError as error:
        raise EmulatorError(str(error)) from None


def _how_to_use(deployment: Deployment, processes: Processes) -> str:
    environment = shlex.quote(str(_shown(ENVIRONMENT)))
    return f"""
API     {deployment.api}
send    {curl(deployment)}
queue   {_message(deployment, environment)}
events  {_where(deployment, processes)}
shell   . {environment}    # for the AWS CLI and `make redrive{_stack_option(deployment.stack)}`
end     {typed("destroy-emulated")}"""


def _message(deployment: Deployment, environment: str) -> str:
    """One line that puts an event on the deployment's queue."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    event = {"EventType": "hello", "Timestamp": now}
    batch = {"my-device": {"Endpoint": {}, "Events": {"from-the-queue": event}}}
    body = {"ApplicationId": application_id(deployment), "EventsRequest": {"BatchItem": batch}}
    # By name, for the AWS CLI 1 reads AWS_ENDPOINT_URL for every service but SQS.
    return (
        f"(. {environment} && aws sqs send-message --endpoint-url {deployment.emulator.url}"
        f" --queue-url {deployment.outputs['QueueUrl']}"
        f" --message-body {shlex.quote(json.dumps(body, separators=(',', ':')))})"
    )


def down() -> None:
    """Destroy the stack as far as that goes, and end what `up` started in any case."""
    processes = Processes(FOLDER)
    try:
        deployment = _deployment(processes) if processes.has_emulator else None
        if deployment and deployment.was_synthesised:
            deployment.destroy()
    except DeployError:
        # All that was deployed is in the emulator's memory and ends with it.
        _say("cdk destroy failed; the emulator is ended with all that is in it")
    finally:
        processes.end()
    print("Nothing is left of the emulated deployment.")


def sql(query: str) -> None:
    """Ask the deployed workgroup, and show what it finds."""
    processes = Processes(FOLDER)
    stack: dict[str, str] = {}
    if processes.has_emulator and OUTPUTS.exists():
        [stack] = json.loads(OUTPUTS.read_text()).values()
    if "LakeDatabase" not in stack:
        raise EmulatorError(f"No lake: {typed('deploy-emulated')}, with destination=lake.")
    athena = Athena(
        processes.emulator,
        workgroup=stack["LakeWorkGroup"],
        database=stack["LakeDatabase"],
    )
    rows = athena.query(query)
    print(shown(Answer(list(rows[0]), [tuple(row.values()) for row in rows]) if rows else NOTHING))


def _stack_option(stack: str) -> str:
    """What a command for a deployed stack must be told, if it has not the default name."""
    return "" if stack == DEFAULT_STACK else f' OPTIONS="--stack {stack}"'


def _where(deployment: Deployment, processes: Processes) -> str:
    """Where events end, in a word to the person who tries it."""
    outputs = deployment.outputs
    if "LakeDatabase" not in outputs and isinstance(deployment, PlainStack):
        return "the server of PinpointEndpointUrl; what it does not take waits in the queue"
    if "LakeDatabase" not in outputs:
        return (
            f"{_shown(processes.data)}/, where a second gateway keeps them, standing for Pinpoint"
        )
    query = '"SELECT event_type, endpoint_id FROM events"'
    return f"{typed('sql-emulated')} QUERY={query}"


def _deployment(processes: Processes) -> Deployment:
    # What is tried out on this machine need not notify anybody.
    return Deployment(processes.emulator, CdkOutput(LOG, pointless=NO_RECIPIENT))


def typed(target: str, folder: str = GIVEN) -> str:
    """`make TARGET`, with EMULATED_DIR= where it was given."""
    given = f" EMULATED_DIR={shlex.quote(folder)}".replace("$", "$$") if folder else ""
    return f"make {target}{given}"


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def _say(step: str) -> None:
    print(f"--- {step}", flush=True)
