"""Writes docs/performance.md's table, and the picture beside it."""

import re
from pathlib import Path
from xml.sax.saxutils import escape

from tests.benchmarks import bench_laptop
from tests.benchmarks.bench_rows import ROWS, Figure, Row, is_missed

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "performance.md"
PICTURE = DOCS / "performance.svg"
# Distinct to people who see few colours, and on dark and bright pages.
COLOURS = (
    "#4e79a7", "#a0cbe8", "#f28e2b", "#ffbe7d", "#59a14f",
    "#8cd17d", "#b6992d", "#f1ce63", "#e15759", "#ff9d9a",
)  # fmt: skip
WIDTH, LEFT, BAR, LINE = 860, 100, 26, 18


MISSED = " missed"  # behind the figure of a row
# Each table, and the sentence that says which of its rows miss their targets.
_TABLE = r"(<!-- {} -->\n.*?\n[|][ |:-]*\n)(.*?)(?=<!-- end -->)"
_SENTENCE = r"(<!-- {} missed -->\n).*?(?=<!-- end -->)"
TABLES = ("bench", "laptop")


def noted(page: str, row: Row, figure: Figure, measured: str) -> str:
    """The page with one row, in place of what was measured before."""
    own, ratio = figure
    rows = {(work, against): line for line, (work, against, *_) in table(page, "bench").items()}
    spread = f"{ratio.low:.2f} to {ratio.high:.2f}"
    mark = MISSED if is_missed(row, figure) else ""
    cells = f" {own.median:.1f} {row.unit} | {ratio.median:.2f}{mark} | {spread} | {row.target:.2f}"
    rows[row.work, row.against] = f"| {row.work} | {row.against} |{cells} | {measured} |"
    ordered = [rows[r.work, r.against] for r in ROWS if (r.work, r.against) in rows]
    return _written(page, "bench", ordered)


def with_laptop(page: str, rows: list[bench_laptop.Row], measured: str) -> str:
    """The page with the table of what `make run` and `make sql` take on this machine."""
    lines = (
        f"| {r.work} | {r.figure:,.2f} {r.unit}{'' if r.is_met else MISSED} | {r.bound} |"
        f" {measured} |"
        for r in rows
    )
    return _written(page, "laptop", list(lines))


def table(page: str, name: str) -> dict[str, list[str]]:
    """The lines of a table of the page, each with its cells."""
    found = re.search(_TABLE.format(name), page, re.DOTALL)
    assert found, f"the page has no table {name}"
    lines = filter(None, found[2].split("\n"))
    return {line: [cell.strip() for cell in line.split("|")[1:-1]] for line in lines}


def sentence(page: str, name: str) -> str:
    """How many rows of a table miss their targets, and which."""
    lines = table(page, name)
    missed = [cells[0] for line, cells in lines.items() if MISSED in line]
    if not missed:
        return f"All {len(lines)} rows meet the targets that we set."
    does = "miss the targets" if len(missed) > 1 else "misses the target"
    return f"{len(missed)} of {len(lines)} rows {does} that we set: {'; '.join(missed)}."


def _written(page: str, name: str, lines: list[str]) -> str:
    text = "".join(f"{line}\n" for line in lines)
    page = re.sub(_TABLE.format(name), lambda m: m[1] + text, page, count=1, flags=re.DOTALL)
    said = f"{sentence(page, name)}\n"
    return re.sub(_SENTENCE.format(name), lambda m: m[1] + said, page, count=1, flags=re.DOTALL)


def write_picture(shares: dict[int, dict[str, float]]) -> None:
    """Draw a bar for each size of a request, from where its time goes."""
    PICTURE.write_text(drawing(shares))


def drawing(shares: dict[int, dict[str, float]]) -> str:
    """An SVG: a bar for each number of events, a legend below."""
    labels = list(dict.fromkeys(label for parts in shares.values() for label in parts))
    colours = dict(zip(labels, COLOURS, strict=True))
    marks = []
    for number, (events, parts) in enumerate(shares.items()):
        y, x, whole = 10 + number * (BAR + 12), float(LEFT), sum(parts.values())
        marks.append(_text(0, y + 18, f"{events} event{'s' if events > 1 else ''}"))
        for label, ms in parts.items():
            width = ms / whole * (WIDTH - LEFT - 80)
            title = escape(f"{label}: {ms:.2f} ms, {ms / whole:.0%}")
            marks.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" '
                f'fill="{colours[label]}"><title>{title}</title></rect>'
            )
            x += width
        marks.append(_text(x + 8, y + 18, f"{whole:.2f} ms"))
    top = 26 + len(shares) * (BAR + 12)
    for number, label in enumerate(labels):
        x, y = LEFT + number % 3 * 240, top + number // 3 * LINE
        marks.append(f'<rect x="{x}" y="{y}" width="12" height="12" fill="{colours[label]}"/>')
        marks.append(_text(x + 18, y + 11, label))
    height = top + (len(labels) + 2) // 3 * LINE + 10
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
    head += 'font-family="sans-serif" font-size="13">'
    ground = f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    return "\n".join([head, ground, *marks, "</svg>", ""])


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.0f}" y="{y}" fill="#222222">{escape(text)}</text>'
