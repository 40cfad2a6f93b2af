"""One emulated AWS for the whole run, with the stack deployed in it once, and its upstream."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.deployed.changing_stack import ChangingStack
from tests.deployed.deployed_gateway import APPLICATION, Gateway
from tests.deployed.deployed_lake import Lake
from tests.deployed.deployment import Deployment
from tests.deployed.emulator import ROOT, Emulator
from tests.deployed.putevents_server import Upstream
from tests.deployed.storm import configure
from tests.deployed.synthesised import Synthesised
from tests.deployed.traces import TraceListener

# Applications for tests that look for the traces of their own requests among all.
WATCHED = tuple(f"watched-{number}" for number in range(10))
Make = Callable[..., str]
StartEmulator = Callable[[], Deployment]
# An application that the lake serves beside the first.
OTHER = "other-app"
BUS_EVENT_TYPE = "_monetization.purchase"
ORIGINS = ("https://app.example.com", "https://www.example.com")


@pytest.fixture(name="traces", scope="session")
def _traces() -> Iterator[TraceListener]:
    listener = TraceListener()
    yield listener
    listener.stop()


@pytest.fixture(name="emulator", scope="session")
def _emulator(
    tmp_path_factory: pytest.TempPathFactory, traces: TraceListener
) -> Iterator[Emulator]:
    """The emulated AWS that all share."""
    emulator = Emulator(tmp_path_factory.mktemp("emulator"))
    emulator.start(with_parent=True, xray=traces.address)
    yield emulator
    emulator.stop()


@pytest.fixture(name="pinpoint", scope="session")
def _pinpoint() -> Iterator[Upstream]:
    upstream = Upstream()
    yield upstream
    upstream.stop()


@pytest.fixture(name="upstream")
def _upstream(pinpoint: Upstream) -> Iterator[Upstream]:
    """What stands where Pinpoint stood; well again after each test."""
    pinpoint.calls.clear()
    pinpoint.accepted.clear()
    yield pinpoint
    pinpoint.recover()


@pytest.fixture(name="deployed", scope="session")
def _deployed(emulator: Emulator, pinpoint: Upstream) -> Gateway:
    deployment = Deployment(emulator)
    deployment.bootstrap()
    deployment.deploy(
        applicationIds=",".join((APPLICATION, *WATCHED)),
        corsOrigins=",".join(ORIGINS),
        destination="pinpoint",
        pinpointEndpointUrl=pinpoint.url,
        retryDelaySeconds=1,
        tracing="functions",
    )
    return Gateway(deployment)


@pytest.fixture(name="gateway")
def _gateway(deployed: Gateway) -> Gateway:
    """The deployed stack, its queues empty."""
    for url in (deployed.queue, deployed.dead_letter_queue):
        deployed.sqs.purge_queue(QueueUrl=url)
    return deployed


@pytest.fixture(name="unwatched", scope="session")
def _unwatched() -> Iterator[str]:
    return iter(WATCHED)


@pytest.fixture(name="application_id")
def _application_id(unwatched: Iterator[str]) -> str:
    """An application that no other test uses."""
    return next(unwatched)


@contextmanager
def _queue_attribute(gateway: Gateway, name: str, change: Callable[[str], str]) -> Iterator[None]:
    """The queue with an attribute changed."""
    answer = gateway.sqs.get_queue_attributes(QueueUrl=gateway.queue, AttributeNames=[name])
    before = answer["Attributes"][name]
    for value in (change(before), before):
        gateway.sqs.set_queue_attributes(QueueUrl=gateway.queue, Attributes={name: value})
        if value != before:
            yield


@pytest.fixture(name="few_tries")
def _few_tries(gateway: Gateway) -> Iterator[None]:
    """A queue that SQS gives messages of up after two receives."""
    with _queue_attribute(
        gateway, "RedrivePolicy", lambda it: json.dumps(json.loads(it) | {"maxReceiveCount": 2})
    ):
        yield


@pytest.fixture(name="impatient")
def _impatient(gateway: Gateway) -> Iterator[None]:
    """A queue that shows messages of a killed function again soon, and not after six minutes."""
    with _queue_attribute(gateway, "VisibilityTimeout", lambda _: "5"):
        yield


@pytest.fixture(name="restless")
def _restless(gateway: Gateway) -> Iterator[None]:
    """Functions that let nothing wait; what fails 32 times is a dead letter in no time."""
    configure(gateway, RETRY_DELAY_SECONDS="0")
    yield
    configure(gateway, RETRY_DELAY_SECONDS="1")


@pytest.fixture(name="deployed_lake", scope="session")
def _deployed_lake(fresh: StartEmulator) -> Lake:
    """The stack with destination `lake` and its followers, deployed once for all."""
    deployment = fresh()
    deployment.deploy(
        destination="lake,stream,bus",
        busEventTypes=BUS_EVENT_TYPE,
        applicationIds=f"{APPLICATION},{OTHER}",
        endpointReads="true",
        retryDelaySeconds=1,
    )
    return Lake(deployment)


@pytest.fixture(name="changing", scope="session")
def _changing(fresh: StartEmulator, pinpoint: Upstream) -> ChangingStack:
    """A stack that tests deploy with the settings that they need."""
    return ChangingStack(fresh(), pinpoint)


@pytest.fixture(name="endpoint_id")
def _endpoint_id() -> str:
    """An id of the test's own, so that it sees nothing of the others."""
    return f"endpoint-{secrets.token_hex(4)}"


@pytest.fixture(name="make")
def _make(gateway: Gateway) -> Make:
    """`make redrive` or `make dead-letters` in the deployment's account; what it prints."""

    def run(command: str, *options: str) -> str:
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "commands",
                command,
                f"--stack={gateway.deployment.stack}",
                *options,
            ],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **gateway.deployment.emulator.environment()},
            check=True,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        ).stdout

    return run


@pytest.fixture(name="fresh", scope="session")
def _fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartEmulator]:
    """Starts emulated AWSs in which nothing is deployed yet."""
    with ExitStack() as started:

        def start() -> Deployment:
            emulator = Emulator(tmp_path_factory.mktemp("emulator"))
            emulator.start(with_parent=True)
            started.callback(emulator.stop)
            deployment = Synthesised(emulator)
            deployment.bootstrap()
            return deployment

        yield start
