"""`make sql`: the laptop's store answers the SQL that Athena answers for a deployed lake."""

import argparse
import sys
from datetime import date

from infra.queries import named_queries
from local.database import FILE, data_folder
from local.sql.dialect import SqlError
from local.sql.lake import Lake, StoreError
from local.sql.prompt import Prompt
from local.sql.table import table


def main(arguments: list[str] | None = None) -> int:
    """Answer one query, or all that are typed; the exit status."""
    options = _parser().parse_args(arguments)
    try:
        query = _named(options.name) if options.name else options.query
        lake = Lake(data_folder() / FILE, options.today)
        _tell_what_is_left_out(lake)
        if query is None:
            return Prompt(lake).run()
        print(table(lake.query(query)))
    except (SqlError, StoreError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _named(name: str) -> str:
    queries = {query.file: query.sql for query in named_queries()}
    if name not in queries:
        raise SqlError(f"No query is named {name!r}; there are {', '.join(queries)}.")
    return queries[name]


def _tell_what_is_left_out(lake: Lake) -> None:
    if count := lake.without_record():
        print(f"{count} events of an earlier version are left out.", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make sql", description=__doc__)
    parser.add_argument("--query", help="one statement of Athena's SQL")
    parser.add_argument("--name", help="one of the named queries")
    parser.add_argument("--today", type=date.fromisoformat, help="what current_date says")
    return parser


if __name__ == "__main__":
    sys.exit(main())
