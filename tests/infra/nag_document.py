"""The table of docs/security.md, made of the acknowledged rules; as a module it writes it."""

import re
from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path

from tests.infra.nag import Reason, reviews
from tests.infra.synthesis import ROOT

DOCUMENT = ROOT / "docs/security.md"
_TABLE = re.compile(r"(?<=<!-- nag -->\n).*?(?=\n<!-- end -->)", re.DOTALL)
_PACKS = ("AwsSolutions", "Serverless", "NIST.800.53.R5", "PCI.DSS.321")


def table() -> str:
    """Each reason with its rules, by pack, and where it stands, as Markdown."""
    by_text: dict[str, set[Reason]] = defaultdict(set)
    for review in reviews():
        for reason in review.needed():
            by_text[reason.text].add(reason)
    of_default = {reason.text for reason in reviews()[0].needed()}
    rows = ["| rules | where | as in cdk.json | reason |", "| --- | --- | --- | --- |"]
    lines = [
        (_rules(reasons), _places(reasons), "yes" if text in of_default else "no", text)
        for text, reasons in by_text.items()
    ]
    rows += [f"| {' | '.join(line)} |" for line in sorted(lines)]
    return "\n".join(rows)


def shown(document: Path = DOCUMENT) -> str | None:
    """The table that the page has, or None without its markers."""
    found = _TABLE.search(document.read_text())
    return found[0] if found else None


def _rules(reasons: set[Reason]) -> str:
    """The rules in the order of their packs, without the resource that one names."""
    names = {re.sub(r"\[.*", "", reason.rule) for reason in reasons}
    packs = {
        pack: sorted(n[len(pack) + 1 :] for n in names if n.startswith(pack)) for pack in _PACKS
    }
    return "; ".join(f"{pack} {', '.join(found)}" for pack, found in packs.items() if found)


def _places(reasons: set[Reason]) -> str:
    """The constructs inside the stack."""
    return ", ".join(sorted({f"`{reason.path.partition('/')[2]}`" for reason in reasons}))


def main() -> None:
    """Write the table, which takes a minute."""
    ArgumentParser(description=__doc__).parse_args()
    DOCUMENT.write_text(_TABLE.sub(lambda _: table(), DOCUMENT.read_text()))


if __name__ == "__main__":
    main()
