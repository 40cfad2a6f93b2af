"""Which trace an invocation belongs to, parsed once; and the steps of it, sent as one."""

import os
import traceback
from contextvars import ContextVar
from types import TracebackType
from typing import Any, NamedTuple

from aws_xray_sdk.core import AWSXRayRecorder
from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter
from aws_xray_sdk.core.lambda_launcher import LAMBDA_TRACE_HEADER_KEY, LambdaContext
from aws_xray_sdk.core.models.facade_segment import FacadeSegment
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


def recorded(recorder: AWSXRayRecorder, name: str) -> Any:
    """Record a block as a step of the one around it; one that has none is sent with its steps.

    Where nothing is sampled, or the process is not on Lambda, the recorder does as ever.
    """
    around = _around.get()
    segment = around.parent_segment if around else recorder.current_segment()
    if type(segment) is not FacadeSegment or not segment.sampled:
        return recorder.in_subsegment(name)
    return _Recorded(recorder, Subsegment(name, "local", segment), around)


class _Recorded:
    """The recorder would ask at each beginning and end which trace it is, and look for children."""

    def __init__(
        self, recorder: AWSXRayRecorder, subsegment: Subsegment, around: Subsegment | None
    ) -> None:
        self._recorder, self._subsegment, self._around = recorder, subsegment, around
        subsegment.parent_id = (around or subsegment.parent_segment).id

    def __enter__(self) -> Any:
        self._token = _around.set(self._subsegment)
        return self._subsegment

    def __exit__(self, kind: Any, error: BaseException | None, stack: TracebackType | None) -> None:
        _around.reset(self._token)
        if error is not None:
            frames = traceback.extract_tb(stack, limit=self._recorder.max_trace_back)
            self._subsegment.add_exception(error, frames)
        self._subsegment.close()
        if self._around:
            self._around.subsegments.append(self._subsegment)
        else:
            self._recorder.emitter.send_entity(self._subsegment)


# The block that runs; threads have their own.
_around: ContextVar[Subsegment | None] = ContextVar("around", default=None)
