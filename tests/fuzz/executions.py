"""Write the table of docs/fuzzing.md from the fuzzer's counts.

`python -m tests.fuzz.executions [FOLDER]`, where FOLDER is `.build/fuzz` unless told.
"""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.fuzz.run_fuzzer import ROOT, SHARES, WORK

PAGE = ROOT / "docs" / "fuzzing.md"
_START, _END = "<!-- executions -->\n", "<!-- /executions -->\n"
_AIM = 10_000_000
Counts = dict[str, dict[str, int]]  # of each commit, by target


def main() -> None:
    """Write the table."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else WORK
    corpus = {target: _cases(folder / target) for target in SHARES}
    before, _, rest = PAGE.read_text().partition(_START)
    after = rest.partition(_END)[2]
    found = section(counts_of(folder), corpus, datetime.now(UTC))
    PAGE.write_text(f"{before}{_START}{found}{_END}{after}")


def counts_of(folder: Path) -> Counts:
    """Return the executions of each target, by commit, in the order of the commits."""
    files = {p.stem.removeprefix("counts-"): p for p in folder.glob("counts-*.json")}
    return {commit: json.loads(files[commit].read_text()) for commit in sorted(files, key=_when)}


def section(counts: Counts, corpus: dict[str, int], now: datetime) -> str:
    """Return what stands between the marks."""
    total = {target: sum(c.get(target, 0) for c in counts.values()) for target in SHARES}
    rows = [
        ["commit", *(f"`{target}`" for target in SHARES), "all"],
        ["---"] * (len(SHARES) + 2),
        *(_row(f"`{_short(commit)}`", found) for commit, found in counts.items()),
        _row("all", total),
        _row("cases in the corpus", corpus),
    ]
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    done = sum(total.values())
    return f"""Guided executions by commit and target, counted on {now:%d %B %Y at %H:%M} UTC.
The aim is {_AIM:,}, and {done:,} are done.
Each row ran the code of its commit; a finding of a row is fixed in a later commit.

{table}"""


def _row(name: str, counts: dict[str, int]) -> list[str]:
    return [name, *(f"{counts.get(t, 0):,}" for t in SHARES), f"{sum(counts.values()):,}"]


def _short(commit: str) -> str:
    name, *changed = commit.split("-")
    return "-".join([name[:7], *changed])


def _when(commit: str) -> tuple[int, str]:
    """When a commit was made; one that git does not know comes first."""
    command = ["git", "show", "--no-patch", "--format=%ct", commit.partition("-")[0]]
    told = subprocess.run(  # git's own answer
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    return int(told.stdout.strip() or 0), commit


def _cases(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir()) if folder.exists() else 0


if __name__ == "__main__":
    main()
