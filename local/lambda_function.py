"""Runs a Lambda handler as AWS does: in environments that take one event each at a time."""

import json
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

Handler = Callable[[dict[str, Any], Any], Any]


class HandlerError(Exception):
    """The handler raised an exception."""


@dataclass
class LambdaContext:
    """The context object of an invocation."""

    function_name: str
    timeout_seconds: int
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 512
    log_stream_name: str = "local"
    started: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        """The function's ARN."""
        return f"arn:aws:lambda:us-east-1:000000000000:function:{self.function_name}"

    @property
    def log_group_name(self) -> str:
        """The name of the function's log group."""
        return f"/aws/lambda/{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the invocation may still take."""
        left = self.timeout_seconds - (time.monotonic() - self.started)
        return max(0, int(left * 1000))


class LambdaFunction:
    """One function: each thread of its pool is an environment with a handler of its own.

    An event takes an idle environment. If there is none, a new one is made, up to a limit; then
    events wait.
    """

    def __init__(
        self,
        make_handler: Callable[[], Handler],
        name: str,
        timeout_seconds: int,
        max_environments: int,
    ) -> None:
        self._make_handler = make_handler
        self._name = name
        self._timeout_seconds = timeout_seconds
        self._environments = ThreadPoolExecutor(max_environments, thread_name_prefix=name)
        self._environment = threading.local()

    def invoke(self, event: dict[str, Any]) -> Any:
        """Return the handler's answer, through JSON as on AWS; raises HandlerError if it raised."""
        return self.submit(event).result()

    def submit(self, event: dict[str, Any]) -> Future[Any]:
        """Start an invocation; the future gets what `invoke` returns or raises."""
        return self._environments.submit(self._run, event)

    def _run(self, event: dict[str, Any]) -> Any:
        context = LambdaContext(self._name, self._timeout_seconds)
        try:
            return json.loads(json.dumps(self._handler()(event, context)))
        except Exception as error:
            print(traceback.format_exc(), flush=True)  # stdout is the handlers' log
            raise HandlerError(type(error).__name__) from error

    def _handler(self) -> Handler:
        handler: Handler | None = getattr(self._environment, "handler", None)
        if handler is None:
            handler = self._environment.handler = self._make_handler()
        return handler
