"""docs/lake.md has the lake's tables, and docs/queries.md samples that `make sql` prints."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.sql.sql_command import sql
from infra.queries import NamedQuery, named_queries
from infra.tables import DAY, PARTITIONS, PINPOINT_VIEW, RAW_EVENTS, REJECTED_EVENTS, VIEW, Column
from tests.local.running_gateway import ROOT
from tests.local.sample import TODAY, store_sample

TABLES, QUERIES = ((ROOT / "docs" / name).read_text() for name in ("lake.md", "queries.md"))
OWN = [column for column in VIEW if column not in (*RAW_EVENTS, *PARTITIONS)]


def section(title: str, page: str) -> str:
    """What stands under a heading, up to the next one."""
    found = re.search(rf"^###? {re.escape(title)}\n(.*?)(?=^##|\Z)", page, re.M | re.S)
    assert found, f"the page has no heading {title}"
    return found[1]


def markdown(columns: list[Column]) -> str:
    rows = ["| column | type | content |", "| --- | --- | --- |"]
    return "\n".join([*rows, *(f"| `{c.name}` | `{c.type}` | {c.meaning} |" for c in columns)])


@pytest.mark.parametrize(
    ("title", "columns"),
    [
        ("`raw_events`", [*RAW_EVENTS, *PARTITIONS]),
        ("`events` and `recent_events`", OWN),
        ("`pinpoint_events`", PINPOINT_VIEW),
        ("`rejected_events`", [*REJECTED_EVENTS, DAY]),
    ],
)
def test_a_tables_columns_are_those_of_the_lake(title: str, columns: list[Column]) -> None:
    assert markdown(columns) in section(title, TABLES)


@pytest.mark.parametrize("query", named_queries(), ids=lambda query: query.file)
def test_a_query_is_described_and_prints_what_is_shown(
    query: NamedQuery,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store_sample(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    result = CliRunner().invoke(sql, ["--name", query.file, "--today", str(TODAY)])
    assert (result.exit_code, result.stderr) == (0, "")
    printed = result.stdout

    text = section(query.name, QUERIES)
    shown = re.search(r"```\n(.*?)```", text, re.S)
    assert query.description in " ".join(text.split())
    assert f"`make sql NAME={query.file}`" in text
    assert shown
    # Of a long result the middle may be left out.
    begin, _, end = shown[1].partition("...\n")
    assert printed == begin or (end and printed.startswith(begin) and printed.endswith(end))


def test_no_query_is_described_that_is_not_there() -> None:
    known = [query.file for query in named_queries()]
    listed = re.findall(r"^\| [^|]+ \| \[([^|]+)\]\(#[\w-]+\) \| `(\w+)` \|$", QUERIES, re.M)

    assert sorted(re.findall(r"^`make sql NAME=(\w+)`$", QUERIES, re.M)) == known
    assert listed == [(query.name, query.file) for query in named_queries()]
