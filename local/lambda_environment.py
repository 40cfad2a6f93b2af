"""One Lambda environment: it runs a handler for one event at a time, with a context object."""

import json
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# Powertools keeps per-invocation state in objects that both handlers import. On AWS each function
# has its own process; here they share one, and so they take turns.
_turn = threading.Lock()


class HandlerError(Exception):
    """The handler raised: AWS would answer for it."""


@dataclass
class LambdaContext:
    """What Lambda tells a handler about the invocation."""

    function_name: str
    timeout_seconds: int
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 512
    log_stream_name: str = "local"
    started: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:us-east-1:000000000000:function:{self.function_name}"

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        left = self.timeout_seconds - (time.monotonic() - self.started)
        return max(0, int(left * 1000))


class LambdaEnvironment:
    """A handler as AWS would run it."""

    def __init__(
        self,
        handler: Callable[[dict[str, Any], Any], Any],
        function_name: str,
        timeout_seconds: int,
    ) -> None:
        self._handler = handler
        self._function_name = function_name
        self._timeout_seconds = timeout_seconds

    def invoke(self, event: dict[str, Any]) -> Any:
        """What the handler returns, through JSON as on AWS; raises HandlerError if it raised."""
        with _turn:
            context = LambdaContext(self._function_name, self._timeout_seconds)
            try:
                return json.loads(json.dumps(self._handler(event, context)))
            except Exception as error:
                print(traceback.format_exc(), flush=True)  # stdout is the handlers' log
                raise HandlerError(type(error).__name__) from error
