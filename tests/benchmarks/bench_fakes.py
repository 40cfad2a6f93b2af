"""What the functions call, in processes of their own: a PutEvents server, a sink for traces.

`python -m tests.benchmarks.bench_fakes` serves until its input ends, and prints where.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Thread
from typing import NamedTuple

from tests.loopback import Request, Response, serving
from tests.upstream import accept_all


class Fakes(NamedTuple):
    """Where they listen."""

    put_events: str
    traces: str


@contextmanager
def running_fakes() -> Iterator[Fakes]:
    """The fakes, until the block ends."""
    command = [sys.executable, "-m", __name__]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=os.environ) as process:
        assert process.stdin
        assert process.stdout
        yield Fakes(*json.loads(process.stdout.readline()))
        process.stdin.close()


@lru_cache
def _accepted(body: bytes) -> bytes:
    return json.dumps(accept_all(json.loads(body))).encode()


def _respond(request: Request) -> Response:
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": "1"}
    return Response(202, _accepted(request.body), headers)


def _swallow(sink: socket.socket) -> None:
    while True:
        sink.recv(65536)


def main() -> None:
    """Serve until the parent is done."""
    sink = socket.socket(type=socket.SOCK_DGRAM)
    sink.bind(("127.0.0.1", 0))
    Thread(target=_swallow, args=[sink], daemon=True).start()
    with serving(_respond) as url:
        traces = f"127.0.0.1:{sink.getsockname()[1]}"
        print(json.dumps([url, traces]), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
