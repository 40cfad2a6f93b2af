"""One emulated AWS for the whole run, with the stack deployed in it once, and its upstream."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.deployed.deployment import Account, Deployment
from tests.deployed.emulator import ROOT, Emulator
from tests.deployed.gateway import APPLICATION, Gateway
from tests.deployed.traces import TraceListener
from tests.deployed.upstream import Upstream

Redrive = Callable[[], str]
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


@pytest.fixture(name="gateway", scope="session")
def _gateway(emulator: Emulator, pinpoint: Upstream) -> Gateway:
    deployment = Deployment(Account(emulator, "111111111111"))
    deployment.bootstrap()
    deployment.deploy(
        applicationIds=f"{APPLICATION},observed-app",
        corsOrigins=",".join(ORIGINS),
        pinpointEndpointUrl=pinpoint.url,
        retryDelaySeconds=1,
    )
    gateway = Gateway(deployment)
    # A message that cannot be read waits this long for its next try; six minutes on AWS.
    gateway.sqs.set_queue_attributes(QueueUrl=gateway.queue, Attributes={"VisibilityTimeout": "1"})
    return gateway


@pytest.fixture(name="endpoint_id")
def _endpoint_id() -> str:
    """An id of the test's own, so that it sees nothing of the others."""
    return f"endpoint-{secrets.token_hex(4)}"


@pytest.fixture(name="no_dead_letters")
def _no_dead_letters(gateway: Gateway) -> None:
    """Nobody else's dead letters."""
    gateway.sqs.purge_queue(QueueUrl=gateway.dead_letter_queue)


@pytest.fixture(name="redrive")
def _redrive(gateway: Gateway) -> Redrive:
    """`make redrive` in the deployment's account; what it prints."""

    def run() -> str:
        return subprocess.run(
            [sys.executable, "-m", "infra.redrive", gateway.deployment.stack],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **gateway.deployment.account.environment()},
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        ).stdout

    return run
