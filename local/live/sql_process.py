"""SQL of the live page, answered by a process of its own that is ended when it takes too long."""

import json
import subprocess
import sys
import threading
from http import HTTPStatus
from pathlib import Path
from typing import Any

from infra.queries import named_queries

SECONDS = 30
ROOT = Path(__file__).parents[2]
_MODULE = "commands.sql.page_statements"  # by name: the laptop's server does not import commands
NOT_INSTALLED = "SQL needs DuckDB, which is not installed: stop `make run`, then `make .venv/sql`."

Answer = tuple[HTTPStatus, dict[str, Any]]


class SqlProcess:
    """Answers one statement at a time; the process is kept for the next one."""

    def __init__(self, data_dir: Path, seconds: float = SECONDS) -> None:
        self._data_dir, self._seconds = data_dir, seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._queries = {query.file: query for query in named_queries()}

    def queries(self) -> list[dict[str, str]]:
        """The named queries."""
        return [
            {"name": q.file, "sentence": f"{q.name}. {q.description}".strip(), "sql": q.sql}
            for q in self._queries.values()
        ]

    def ask(self, asked: dict[str, Any]) -> Answer:
        """Answer a statement, or the named query that is asked for."""
        query, name = asked.get("query"), asked.get("name")
        if isinstance(name, str):
            if name not in self._queries:
                return _wrong(f"No query is named {name!r}.")
            query = self._queries[name].sql
        if not isinstance(query, str) or not query.strip():
            return _wrong("Send a statement as `query`, or the name of a query as `name`.")
        with self._lock:
            return self._answer(query)

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()

    def _answer(self, query: str) -> Answer:
        process = self._started()
        assert process.stdin  # noqa: S101 # it is a pipe
        assert process.stdout  # noqa: S101 # it is a pipe
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            process.kill()

        timer = threading.Timer(self._seconds, end)
        timer.start()
        try:
            process.stdin.write(json.dumps({"query": query}) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        finally:
            timer.cancel()
        if not line:
            self.stop()
            if is_late.is_set():
                return _wrong(f"The statement was ended after {self._seconds:g} s: ask for less.")
            if process.returncode == _MISSING:
                return HTTPStatus.SERVICE_UNAVAILABLE, {"error": NOT_INSTALLED}
            return _wrong("The statement ended the process that answers it: ask for less.")
        answer = json.loads(line)
        return HTTPStatus.BAD_REQUEST if "error" in answer else HTTPStatus.OK, answer

    def _started(self) -> "subprocess.Popen[str]":
        if self._process and self._process.poll() is None:
            return self._process
        self.stop()
        # Nothing of the user's own environment gets in, such as credentials.
        environ = {"DATA_DIR": str(self._data_dir), "PYTHONPATH": f"{ROOT / 'lambda_src'}:{ROOT}"}
        self._process = subprocess.Popen(  # noqa: S603 # our own module
            [sys.executable, "-c", _START],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the server, which ends it
        )
        return self._process


_MISSING = 3
_START = f"""
import sys
try:
    import duckdb, sqlglot
except ModuleNotFoundError:
    sys.exit({_MISSING})
from {_MODULE} import main
main()
"""


def _wrong(sentence: str) -> Answer:
    return HTTPStatus.BAD_REQUEST, {"error": sentence}
