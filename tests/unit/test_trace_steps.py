"""The steps of a request are sent to X-Ray together, in one datagram."""

import json
import socket
from collections.abc import Iterator

import pytest
from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core import AWSXRayRecorder
from aws_xray_sdk.core.lambda_launcher import LambdaContext

from putevents.observability import annotate
from putevents.trace_context import parse_trace_once, recorded

TRACE = "1-6743f5a0-000000000000000000000001"


@pytest.fixture(name="daemon")
def _daemon() -> Iterator[socket.socket]:
    with socket.socket(type=socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(10)
        yield daemon


@pytest.fixture(name="recorder")
def _recorder(daemon: socket.socket, monkeypatch: pytest.MonkeyPatch) -> Iterator[AWSXRayRecorder]:
    """A recorder as on Lambda, in an invocation that is sampled."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={TRACE};Parent=53995c3f42cd8ad8;Sampled=1")
    was_enabled = global_sdk_config.sdk_enabled()
    global_sdk_config.set_sdk_enabled(True)  # Powertools switches it off elsewhere
    recorder = AWSXRayRecorder()
    recorder.streaming_threshold = 0  # as the SDK has it on Lambda
    recorder.context = LambdaContext()
    parse_trace_once(recorder)
    recorder.emitter.set_daemon_address(f"127.0.0.1:{daemon.getsockname()[1]}")
    yield recorder
    recorder.emitter._socket.close()
    global_sdk_config.set_sdk_enabled(was_enabled)


def sent(daemon: socket.socket) -> list[dict[str, object]]:
    """The documents that have arrived; sending on loopback is done when it returns."""
    daemon.setblocking(False)
    found = []
    while True:
        try:
            found.append(json.loads(daemon.recv(65536).split(b"\n", 1)[1]))
        except BlockingIOError:
            return found


def test_steps_ride_along_with_what_they_are_steps_of(
    recorder: AWSXRayRecorder, daemon: socket.socket
) -> None:
    with recorded(recorder, "put_events") as whole:
        with recorded(recorder, "validate") as validate:
            annotate(validate, "my-app", 3)
        with recorded(recorder, "deliver"):
            pass

    [document] = sent(daemon)
    assert (document["name"], document["id"]) == ("put_events", whole.id)
    assert (document["trace_id"], document["parent_id"]) == (TRACE, "53995c3f42cd8ad8")
    steps = document["subsegments"]
    assert isinstance(steps, list)
    assert [(step["name"], step.get("annotations")) for step in steps] == [
        ("validate", {"application": "my-app", "events": 3}),
        ("deliver", None),
    ]
    for step in steps:
        assert document["start_time"] <= step["start_time"] <= step["end_time"]
        assert step["end_time"] <= document["end_time"]
        assert not step["in_progress"]


def test_a_step_that_fails_says_so_and_the_others_are_kept(
    recorder: AWSXRayRecorder, daemon: socket.socket
) -> None:
    def request() -> None:
        with recorded(recorder, "put_events"):
            with recorded(recorder, "validate"):
                pass
            with recorded(recorder, "deliver"):
                raise ValueError("no JSON")

    with pytest.raises(ValueError, match="no JSON"):
        request()

    [document] = sent(daemon)
    steps = document["subsegments"]
    assert isinstance(steps, list)
    assert [step.get("fault", False) for step in steps] == [False, True]
    [failure] = steps[1]["cause"]["exceptions"]
    assert (failure["type"], failure["message"]) == ("ValueError", "no JSON")
    assert document["cause"] == failure["id"]


def test_a_step_of_nothing_is_sent_alone(recorder: AWSXRayRecorder, daemon: socket.socket) -> None:
    with recorded(recorder, "deliver"):
        pass

    assert [document["name"] for document in sent(daemon)] == ["deliver"]


def test_steps_of_what_is_not_sampled_are_not_sent(
    recorder: AWSXRayRecorder, daemon: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={TRACE};Parent=53995c3f42cd8ad8;Sampled=0")

    with recorded(recorder, "put_events"), recorded(recorder, "validate") as step:
        step.put_annotation("events", 3)

    assert not sent(daemon)
