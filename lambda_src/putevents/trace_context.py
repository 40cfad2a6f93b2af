"""Which trace an invocation belongs to, parsed once an invocation."""

import os

from aws_xray_sdk.core import AWSXRayRecorder
from aws_xray_sdk.core.lambda_launcher import LAMBDA_TRACE_HEADER_KEY, LambdaContext


class InvocationContext(LambdaContext):  # type: ignore[misc]
    """As the SDK's, which parses Lambda's header at each of its steps, sixteen times a request."""

    def _refresh_context(self) -> None:
        header = os.environ.get(LAMBDA_TRACE_HEADER_KEY)
        if header is None or header != getattr(self._local, "header", None):
            super()._refresh_context()
            self._local.header = header


def parse_trace_once(recorder: AWSXRayRecorder) -> None:
    """Let a recorder that is on Lambda know an invocation's trace by its header."""
    if type(recorder.context) is LambdaContext:
        recorder.context = InvocationContext()
