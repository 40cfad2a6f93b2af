"""What is typed or piped is cut at each `;` that is none of a quote or comment."""

import pytest

from commands.sql.statements import Statements


def cut(text: str) -> list[str]:
    statements = Statements()
    found = []
    for line in text.split("\n"):
        statements.add(line)
        while one := statements.take():
            found.append(one)
    rest = statements.rest()
    return [*found, *([rest] if rest else [])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT 1; SELECT 2;", ["SELECT 1", "SELECT 2"]),
        ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT\n1\n;", ["SELECT\n1\n"]),
        ("SELECT ';'; SELECT 'it''s;'", ["SELECT ';'", "SELECT 'it''s;'"]),
        ("SELECT 'a;\nb'; SELECT 2;", ["SELECT 'a;\nb'", "SELECT 2"]),
        ('SELECT 1 AS "a;""b"; SELECT 2;', ['SELECT 1 AS "a;""b"', "SELECT 2"]),
        ("SELECT ARRAY['it]s;']; SELECT 2;", ["SELECT ARRAY['it]s;']", "SELECT 2"]),
        ("SELECT U&'\\2603;'; SELECT '\U0001f600'; SELECT 3", 
         ["SELECT U&'\\2603;'", "SELECT '\U0001f600'", "SELECT 3"]),
        ("SELECT 1 -- a;b\n; SELECT 2 -- the end;", ["SELECT 1 -- a;b\n", "SELECT 2 -- the end;"]),
        ("/* a; ' */ SELECT 1 /* ;\n; */; SELECT 2", ["SELECT 1 /* ;\n; */", "SELECT 2"]),
        ("SELECT 1;; ;\n-- that was all;\n", ["SELECT 1"]),
        ("-- first\n.tables\nSELECT 1; .run a;b", [".tables", "SELECT 1", ".run a;b"]),
        ("/* over\ntwo lines */ .tables\nSELECT 1", [".tables", "SELECT 1"]),
        # wrong, but they end
        ("SELECT X'zz'; SELECT 2;", ["SELECT X'zz'", "SELECT 2"]),
        ("SELECT ]; SELECT `a; SELECT 2;", ["SELECT ]", "SELECT `a", "SELECT 2"]),
        ("SELECT 1; SELECT 'a; SELECT 2;", ["SELECT 1", "SELECT 'a; SELECT 2;"]),
        (f"SELECT '{';' * 2000}'; SELECT 2", [f"SELECT '{';' * 2000}'", "SELECT 2"]),
        ("", []),
    ],
)  # fmt: skip
def test_statements_are_cut(text: str, found: list[str]) -> None:
    assert cut(text) == found


def test_an_error_needs_no_name_where_its_statement_stands_alone() -> None:
    statements = Statements()
    alone = []
    for line in ("SELECT 1;", "", "SELECT 1; SELECT", "2;", "SELECT 3;"):
        statements.add(line)
        while statements.take():
            alone.append(statements.is_alone)
    assert alone == [True, False, False, True]
