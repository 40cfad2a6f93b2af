"""The lake's SQL as its files hold it: the views over raw_events, and the named queries."""

from pathlib import Path
from typing import NamedTuple

_SQL = Path(__file__).parent / "sql"
VIEWS = ("events", "recent_events")


class NamedQuery(NamedTuple):
    """A file's first comment is its query's name, those that follow describe it."""

    file: str
    name: str
    description: str
    sql: str


def named_queries() -> list[NamedQuery]:
    """All of them, by the names of their files."""
    return [_read(path) for path in sorted((_SQL / "queries").glob("*.sql"))]


def view_sql(view: str) -> str:
    """The SQL of `events` or, over the last 91 days of arrival and so cheaper, `recent_events`."""
    sql = (_SQL / "events.sql").read_text()
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
