"""SQL of the live page, answered by a process of its own that is ended when it takes too long.

One statement runs, a few wait; nothing else of the server ever waits for one.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

from infra.queries import named_queries

SECONDS = 30
MAX_WAITING = 3
_MAX_LINE = 64 * 1024 * 1024  # the process itself keeps far below
ROOT = Path(__file__).parents[2]
_MODULE = "commands.sql.page_statements"  # by name: the laptop's server does not import commands
NOT_INSTALLED = "SQL needs DuckDB, which is not installed: stop `make run`, then `make .venv/sql`."
BUSY = "Other statements are running already: try again when one of them is answered."
STOPPING = "`make run` is stopping."

Answer = tuple[HTTPStatus, dict[str, Any]]


class SqlProcess:
    """Answers one statement at a time, in one event loop; the process is kept for the next one."""

    def __init__(self, data_dir: Path, seconds: float = SECONDS) -> None:
        self._data_dir, self._seconds = data_dir, seconds
        self._turn = asyncio.Lock()
        self._asked = 0  # those that run or wait
        self._is_stopped = False
        self._process: Process | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._queries = {query.file: query for query in named_queries()}

    def queries(self) -> list[dict[str, str]]:
        """The named queries."""
        return [
            {"name": q.file, "sentence": f"{q.name}. {q.description}".strip(), "sql": q.sql}
            for q in self._queries.values()
        ]

    async def ask(self, asked: dict[str, Any]) -> Answer:
        """Answer a statement, or the named query that is asked for; ended if it is cancelled."""
        query, name = asked.get("query"), asked.get("name")
        if isinstance(name, str):
            if name not in self._queries:
                return _wrong(f"No query is named {name!r}.")
            query = self._queries[name].sql
        if not isinstance(query, str) or not query.strip():
            return _wrong("Send a statement as `query`, or the name of a query as `name`.")
        if self._asked > MAX_WAITING:
            return _unavailable(BUSY)
        self._asked += 1
        try:
            async with self._turn:
                return await self._answer(query)
        finally:
            self._asked -= 1

    async def stop(self) -> None:
        """End the process; what runs or waits is told."""
        self._is_stopped = True
        await self._end()

    async def _answer(self, query: str) -> Answer:
        if self._is_stopped:
            return _unavailable(STOPPING)
        process = await self._started()
        line, read = b"", list[int]()
        try:
            async with asyncio.timeout(self._seconds):
                line = await _asked(process, json.dumps({"query": query}), read)
        except TimeoutError:
            return _wrong(_ended(self._seconds, read))
        finally:
            if not line:  # also when nobody waits for it any more
                await self._end()
        if line:
            answer = json.loads(line)
            return HTTPStatus.BAD_REQUEST if "error" in answer else HTTPStatus.OK, answer
        if self._is_stopped:
            return _unavailable(STOPPING)
        if process.returncode == _MISSING:
            return _unavailable(NOT_INSTALLED)
        return _wrong("The statement ended the process that answers it: ask for less.")

    async def _started(self) -> Process:
        if self._process and self._process.returncode is None:
            return self._process
        await self._end()
        # A process that is ended leaves behind what it was reading.
        self._folder = tempfile.TemporaryDirectory(
            prefix="putevents-sql-", ignore_cleanup_errors=True
        )
        # Nothing of the user's own environment gets in, such as credentials.
        environ = {
            "DATA_DIR": str(self._data_dir.resolve()),
            "PYTHONPATH": f"{ROOT / 'lambda_src'}:{ROOT}",
            "TMPDIR": self._folder.name,
        }
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _START),
            cwd=ROOT,
            env=environ,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,  # what a library says as it dies is not for the user's terminal
            limit=_MAX_LINE,
            start_new_session=True,  # Ctrl-C is for the server, which ends it
        )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        folder, self._folder = self._folder, None
        if process:
            if process.returncode is None:
                # Not Process.kill: it takes the exit status of one that has just ended away.
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
            await process.wait()
            process._transport.close()  # type: ignore[attr-defined] # its pipes, which nobody reads
        if folder:
            folder.cleanup()


async def _asked(process: Process, text: str, read: list[int]) -> bytes:
    """The line that answers a line; nothing if the process has ended.

    Before it, a line may tell how many events are read first, which goes into `read`.
    """
    assert process.stdin  # noqa: S101 # it is a pipe
    assert process.stdout  # noqa: S101 # it is a pipe
    try:
        process.stdin.write(f"{text}\n".encode())
        await process.stdin.drain()
        while (line := await process.stdout.readline()).startswith(_READING):
            read.append(json.loads(line)["reading"])
        if line.endswith(b"\n"):  # else it was ended while it wrote
            return line
    except OSError:
        pass
    await process.wait()  # it is ending
    return b""


_MISSING = 3
_READING = b'{"reading"'
_START = f"""
import os, sys
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what else a library prints is no answer
try:
    import duckdb, sqlglot
except ModuleNotFoundError:
    sys.exit({_MISSING})
from {_MODULE} import main
main(answers)
"""


def _ended(seconds: float, read: list[int]) -> str:
    if read:
        return (
            f"The statement was ended after {seconds:g} s. About {read[-1]:,} events are read"
            " first, once: run it again, and it goes on from there."
        )
    return f"The statement was ended after {seconds:g} s: ask for less."


def _wrong(sentence: str) -> Answer:
    return HTTPStatus.BAD_REQUEST, {"error": sentence}


def _unavailable(sentence: str) -> Answer:
    return HTTPStatus.SERVICE_UNAVAILABLE, {"error": sentence}
