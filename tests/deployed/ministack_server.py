"""MiniStack, and what our stack needs that it lacks; runs in an environment of its own.

Not imported by the tests: they start it as a process. Beside what is here, each file named in
PARTS puts something in MiniStack's place:

athena         views, typed empty tables, partition projection, Athena's own SQL
firehose       a strict conversion to Parquet, records of several documents
named_queries  AWS::Athena::NamedQuery
log_queries    AWS::Logs::QueryDefinition
preflights     the templates of MOCK integrations
math_alarms    AWS::CloudWatch::Alarm on an expression
faults         faults switched on and off over HTTP, at /_faults (`tests/deployed/aws_faults.py`)
"""

import os
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PARTS = (
    "athena", "firehose", "named_queries", "log_queries", "preflights", "math_alarms", "faults",
)  # fmt: skip
emulator: Any = import_module("ministack.app")
sqs: Any = import_module("ministack.services.sqs")
iam: Any = import_module("ministack.core.iam_actions")
Action = Callable[[dict[str, Any], str], Any]


def serve_as_https(app: Any) -> Any:
    """Mark each request as come by TLS: the queues refuse any other, and loopback has none."""

    async def marked(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope = {**scope, "scheme": "https"}
        await app(scope, receive, send)

    return marked


def serve_faults(app: Any, faults: Any) -> Any:
    """Answer the path of the faults, hang the calls that shall, leave the rest to the emulator."""

    async def answering(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        status, told = 200, b""
        if scope["path"] == faults.PATH:
            body = await _body(receive)
            told = faults.set_faults(body) if scope["method"] == "PUT" else faults.told()
        elif await faults.hang(dict(scope["headers"]).get(b"x-amz-target", b"").decode()):
            status = 503
        else:
            await app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": told})

    return answering


async def _body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def alone(action: Action) -> Action:
    """Let an SQS call wait for the poller, which else can lose a message sent at that moment.

    The poller's thread writes a queue's list of messages anew while requests append to it.
    """

    def locked(data: dict[str, Any], url: str) -> Any:
        with sqs._queues_lock:
            return action(data, url)

    return locked


def allow_batches(action_of: Callable[[dict[str, str]], str | None]) -> Any:
    """Check a batch as AWS does, whose IAM knows SQS's actions for one message only."""

    def one(headers: dict[str, str]) -> str | None:
        action = action_of(headers)
        is_sqs = headers.get("x-amz-target", "").startswith("AmazonSQS.")
        return action.removesuffix("Batch") if action and is_sqs else action

    return one


def end_with_parent() -> None:
    """End when the process that started this one is gone, however it went."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    for name, action in sqs._HANDLERS.items():
        if name != "ReceiveMessage":  # the one that waits by itself
            sqs._HANDLERS[name] = alone(action)
    iam._action_from_target = allow_batches(iam._action_from_target)
    sys.path.insert(0, str(ROOT))
    parts = {name: import_module(f"tests.deployed.ministack_{name}") for name in PARTS}
    for part in parts.values():
        part.install()
    emulator.app = serve_faults(serve_as_https(emulator.app), parts["faults"])
    if "--with-parent" in sys.argv:
        sys.argv.remove("--with-parent")
        threading.Thread(target=end_with_parent, daemon=True).start()
    emulator.main()
