"""The lake's SQL is SQL of Trino, which Athena runs, by a grammar that is not the one we use."""

import json
import subprocess
from pathlib import Path

import pytest

from infra.queries import VIEWS, named_queries, view_sql
from tests.clients.programs import HERE, NODE

ESBUILD = HERE / "node_modules/esbuild/bin/esbuild"
SQL = {view: view_sql(view) for view in VIEWS} | {q.file: q.sql for q in named_queries()}


@pytest.fixture(name="program", scope="module")
def _program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The grammar in one file: its package is not one that Node can import."""
    file = tmp_path_factory.mktemp("trino") / "trino.cjs"
    source = HERE / "javascript/trino.mjs"
    options = ["--bundle", "--platform=node", "--log-level=error", f"--outfile={file}"]
    subprocess.run([NODE, ESBUILD, source, *options], check=True, cwd=HERE)
    return file


def complaints(program: Path, sql: dict[str, str]) -> dict[str, list[str]]:
    done = subprocess.run(
        [NODE, program], input=json.dumps(sql), capture_output=True, text=True, check=True
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_every_view_and_query_is_grammatical(program: Path) -> None:
    assert complaints(program, SQL) == {name: [] for name in SQL}
    assert len(SQL) > 10


@pytest.mark.parametrize(
    "wrong",
    [
        "SELECT a FROM b WHERE",
        "SELECT a FROM t QUALIFY row_number() OVER (ORDER BY a) = 1",
        "SELECT * EXCLUDE (a) FROM t",
        "SELECT a::varchar FROM t",
    ],
)
def test_what_another_engine_would_take_is_not(program: Path, wrong: str) -> None:
    assert complaints(program, {"wrong": wrong})["wrong"]
