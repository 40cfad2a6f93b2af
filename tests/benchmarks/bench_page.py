"""Writes docs/performance.md's table, and the picture beside it."""

import re
from pathlib import Path
from xml.sax.saxutils import escape

from tests.benchmarks import bench_laptop
from tests.benchmarks.bench_rows import ROWS, Figure, Row

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "performance.md"
PICTURE = DOCS / "performance.svg"
# Distinct to people who see few colours, and on dark and bright pages.
COLOURS = (
    "#4e79a7", "#a0cbe8", "#f28e2b", "#ffbe7d", "#59a14f",
    "#8cd17d", "#b6992d", "#f1ce63", "#e15759", "#ff9d9a",
)  # fmt: skip
WIDTH, LEFT, BAR, LINE = 860, 100, 26, 18


def note(row: Row, figure: Figure) -> None:
    """Write one row into the table, in place of what was measured before."""
    own, ratio = figure
    before, head, lines, after = _TABLE.split(PAGE.read_text(), 1)[:4]
    rows = dict(_start(line) for line in lines.splitlines() if line)
    spread = f"{ratio.low:.2f} to {ratio.high:.2f}"
    cells = f" {own.median:.1f} {row.unit} | {ratio.median:.2f} | {spread} | {row.target:.2f} |"
    rows[row.work, row.against] = f"| {row.work} | {row.against} |{cells}"
    ordered = [rows[r.work, r.against] for r in ROWS if (r.work, r.against) in rows]
    PAGE.write_text(before + head + "".join(f"{line}\n" for line in ordered) + after)


_TABLE = re.compile(r"(<!-- bench -->\n.*?\n[|][ |-]*\n)(.*?)(?=<!-- end -->)", re.S)


def _start(line: str) -> tuple[tuple[str, str], str]:
    _, work, against, *_ = (cell.strip() for cell in line.split("|"))
    return (work, against), line


_LAPTOP = re.compile(r"(<!-- laptop -->\n.*?\n[|][ |:-]*\n)(.*?)(?=<!-- end -->)", re.S)


def write_laptop(rows: list[bench_laptop.Row]) -> None:
    """Write the table of what `make run` and `make sql` take on this machine."""
    before, head, _, after = _LAPTOP.split(PAGE.read_text(), 1)
    lines = (f"| {r.work} | {r.figure:,.2f} {r.unit} | {r.bound} |\n" for r in rows)
    PAGE.write_text(before + head + "".join(lines) + after)


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
