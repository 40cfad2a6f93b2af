"""Reports of a run of the cases: a table, JUnit's XML and JSON."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from xml.etree import ElementTree

from commands.conformance.conformance_cases import Case

PASSED, FAILED, SKIPPED = "passed", "FAILED", "skipped"


class Result(NamedTuple):
    """How a case ended, and why it did not pass."""

    case: Case
    ending: str
    why: list[str]


def rows(results: Iterable[Result]) -> list[tuple[str, str, str]]:
    """The rows of the table: what did not pass, with its first difference."""
    return [(r.case.name, r.ending, r.why[0] if r.why else "") for r in results]


def broken_clients(results: Iterable[Result]) -> dict[str, list[str]]:
    """What would go wrong for each client that relies on a case that failed."""
    found: dict[str, list[str]] = defaultdict(list)
    for result in results:
        if result.ending == FAILED:
            for client, why in result.case.clients.items():
                found[client].append(f"{why} ({result.case.name})")
    return dict(sorted(found.items()))


def failed_needs(results: Iterable[Result]) -> dict[str, int]:
    """What a server may lack, and how many of the failed cases need it."""
    return Counter(need for r in results if r.ending == FAILED for need in r.case.needs)


def as_json(results: Iterable[Result]) -> str:
    """Everything, for another program."""
    results = list(results)
    cases = [
        {
            "case": r.case.name,
            "title": r.case.title,
            "of": r.case.of,
            "ending": r.ending.lower(),
            "why": r.why,
        }
        for r in results
    ]
    return json.dumps({"cases": cases, "clients": broken_clients(results)}, indent=2) + "\n"


def as_junit(results: Iterable[Result]) -> str:
    """The same for a CI that reads JUnit's XML."""
    results = list(results)
    suite = ElementTree.Element("testsuite", {"name": "PutEvents conformance", **_counts(results)})
    for result in results:
        about = {"classname": result.case.file, "name": f"{result.case.id}: {result.case.title}"}
        case = ElementTree.SubElement(suite, "testcase", about)
        if result.ending != PASSED:
            kind = "failure" if result.ending == FAILED else "skipped"
            told = ElementTree.SubElement(case, kind, message=_printable("; ".join(result.why)))
            told.text = _printable("\n".join(f"{c}: {w}" for c, w in result.case.clients.items()))
    return ElementTree.tostring(suite, encoding="unicode") + "\n"


def _printable(text: str) -> str:
    """Text that XML can hold, whatever a server wrote."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


def _counts(results: list[Result]) -> Mapping[str, str]:
    endings = [result.ending for result in results]
    return {
        "tests": str(len(endings)),
        "failures": str(endings.count(FAILED)),
        "skipped": str(endings.count(SKIPPED)),
    }
