"""`make bench`: what a request costs beside the calls that it cannot do without.

ROWS=warm,queue measures those parts only. The table and the picture go to docs/performance.md,
where the rows that were not measured stay as they are; on a busy machine only with WRITE=yes.
"""

import os
import sys
from datetime import UTC, datetime

from tests.benchmarks import bench_laptop
from tests.benchmarks.bench_lab import running_lab
from tests.benchmarks.bench_page import PAGE, noted, with_laptop, write_picture
from tests.benchmarks.bench_rows import ROWS, is_missed
from tests.benchmarks.time_shares import shares

PICTURE, LAPTOP = "picture", "laptop"
PARTS = [*dict.fromkeys(row.part for row in ROWS), PICTURE, LAPTOP]
BUSY = ", busy"  # is written beside the day
_NOT_TIMED = {"size"}


def chosen(wanted: str) -> list[str]:
    """The parts that ROWS= names, or all."""
    parts = [part.strip().lower() for part in wanted.split(",") if part.strip()]
    if unknown := [part for part in parts if part not in PARTS]:
        sys.exit(f"ROWS={','.join(unknown)}: the parts are {', '.join(PARTS)}.")
    return parts or PARTS


def is_writing(asked: str, load: float, processors: int) -> bool:
    """Whether the page is written, which is told where it is not plain."""
    if asked not in ("", "yes", "no"):
        sys.exit(f"WRITE={asked}: yes or no.")
    is_busy = load > processors
    writing = asked == "yes" or (not asked and not is_busy)
    if is_busy:
        then = "the rows are marked so" if writing else f"{PAGE.name} stays as it is (WRITE=yes)"
        print(f"This machine is busy ({load:.0f} jobs for {processors} processors): {then}.")
    return writing


def main(wanted: str, write: str) -> None:
    """Measure the parts that are named, or all."""
    parts = chosen(wanted)
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    writing = is_writing(write, load, processors)
    day = datetime.now(UTC).date().isoformat()
    busy = BUSY if load > processors else ""
    print(f"{'':44}{'':>10}{'ratio':>8}  {'quartiles':14}{'target':>8}")
    with running_lab() as lab:
        for row in ROWS:
            if row.part in parts:
                own, ratio = figure = row.measure(lab)
                spread = f"{ratio.low:.2f} to {ratio.high:.2f}"
                mark = " missed" if is_missed(row, figure) else ""
                print(
                    f"{row.work:44}{own.median:>7.1f} {row.unit:3}{ratio.median:7.2f}  "
                    f"{spread:14}{row.target:8.2f}{mark}",
                    flush=True,
                )
                if writing:
                    when = day if row.part in _NOT_TIMED else day + busy
                    PAGE.write_text(noted(PAGE.read_text(), row, figure, when))
        if PICTURE in parts:
            drawn = {events: shares(lab, events) for events in (1, 10, 100)}
            if writing:
                write_picture(drawn)
    if LAPTOP in parts:
        measured = bench_laptop.rows()
        for line in measured:
            mark = "" if line.is_met else " missed"
            print(f"{line.work:60}{line.figure:>10,.2f} {line.unit:14} {line.bound}{mark}")
        if writing:
            PAGE.write_text(with_laptop(PAGE.read_text(), measured, day + busy))


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2])
    except KeyboardInterrupt:  # the row in hand is not written
        sys.exit("\nStopped.")
