"""Which trace an invocation belongs to, parsed once; and the steps of it, sent as one."""

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from aws_xray_sdk.core import AWSXRayRecorder
from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter
from aws_xray_sdk.core.lambda_launcher import LAMBDA_TRACE_HEADER_KEY, LambdaContext
from aws_xray_sdk.core.models.subsegment import Subsegment

from putevents.ready_line import as_json


class InvocationContext(LambdaContext):  # type: ignore[misc]
    """As the SDK's, which parses Lambda's header at each of its steps, sixteen times a request."""

    def _refresh_context(self) -> None:
        header = os.environ.get(LAMBDA_TRACE_HEADER_KEY)
        if header is None or header != getattr(self._local, "header", None):
            super()._refresh_context()
            self._local.header = header


class _Document(NamedTuple):
    """A subsegment with its steps; the SDK would make an encoder for each."""

    entity: Any

    def serialize(self) -> str:
        return as_json(self.entity.to_dict())


class Emitter(UDPEmitter):  # type: ignore[misc]
    """As the SDK's, with a quicker serialiser."""

    def __init__(self, other: UDPEmitter) -> None:
        self.__dict__.update(vars(other))  # its socket, and the daemon's address

    def send_entity(self, entity: Any) -> None:
        """Send a subsegment to the daemon."""
        super().send_entity(_Document(entity))


def parse_trace_once(recorder: AWSXRayRecorder) -> None:
    """Let a recorder that is on Lambda know an invocation's trace by its header."""
    if type(recorder.context) is LambdaContext:
        recorder.context = InvocationContext()
        recorder.emitter = Emitter(recorder.emitter)


@contextmanager
def step_of(recorder: AWSXRayRecorder, name: str) -> Iterator[Any]:
    """Record a step inside the open subsegment, which takes it along in its own datagram.

    Where none is open, or none is sampled, the recorder does as ever.
    """
    parent = recorder.current_subsegment()
    if type(parent) is not Subsegment:
        with recorder.in_subsegment(name) as subsegment:
            yield subsegment
        return
    step = Subsegment(name, "local", parent.parent_segment)
    parent.add_subsegment(step)
    try:
        yield step
    except Exception as error:
        stack = traceback.extract_tb(error.__traceback__, recorder.max_trace_back)
        step.add_exception(error, stack)
        raise
    finally:
        step.close()
