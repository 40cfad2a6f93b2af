"""Read the lake's SQL files: the views over raw_events, and the named queries."""

from pathlib import Path
from typing import NamedTuple

from infra.tables import VIEWS

__all__ = ["VIEWS", "NamedQuery", "named_queries", "view_sql"]

_SQL = Path(__file__).parent / "sql"


class NamedQuery(NamedTuple):
    """A query of sql/queries: the first comment of its file is its name, the rest describe it."""

    file: str
    name: str
    description: str
    sql: str


def named_queries() -> list[NamedQuery]:
    """Return all named queries, sorted by file name."""
    return [_read(path) for path in sorted((_SQL / "queries").glob("*.sql"))]


def view_sql(view: str) -> str:
    """Return the SQL of a view; `recent_events` is `events` of the last 91 days."""
    name = "pinpoint_events" if view == "pinpoint_events" else "events"
    sql = (_SQL / f"{name}.sql").read_text()
    if view == "recent_events":
        table, days = "FROM raw_events", "INTERVAL '91' DAY"
        bound = f"WHERE day >= date_format(current_date - {days}, '%Y-%m-%d')"
        sql = sql.replace(table, f"{table}\n    {bound}")
    return sql


def _read(path: Path) -> NamedQuery:
    lines = path.read_text().splitlines()
    comments = [line for line in lines if line.startswith("--")]
    name, *description = [line.removeprefix("--").strip() for line in comments]
    sql = "\n".join(lines[len(comments) :]).strip()
    return NamedQuery(path.stem, name.rstrip("."), " ".join(description), sql)
