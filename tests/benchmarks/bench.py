"""`make bench`: what a request costs beside the calls that it cannot do without.

ROWS=warm,queue measures those parts only. The table and the picture go to docs/performance.md,
where the rows that were not measured stay as they are.
"""

import os
import sys

from tests.benchmarks import bench_laptop
from tests.benchmarks.bench_lab import running_lab
from tests.benchmarks.bench_page import note, write_laptop, write_picture
from tests.benchmarks.bench_rows import ROWS
from tests.benchmarks.time_shares import shares

PICTURE, LAPTOP = "picture", "laptop"
PARTS = [*dict.fromkeys(row.part for row in ROWS), PICTURE, LAPTOP]


def main(wanted: str) -> None:
    """Measure the parts that are named, or all."""
    parts = wanted.split(",") if wanted else PARTS
    if unknown := [part for part in parts if part not in PARTS]:
        sys.exit(f"ROWS={','.join(unknown)}: the parts are {', '.join(PARTS)}.")
    busy, processors = os.getloadavg()[0], os.cpu_count() or 1
    if busy > processors:
        print(f"This machine is busy ({busy:.0f} jobs for {processors} processors): measure later.")
    print(f"{'':44}{'':>10}{'ratio':>8}  {'quartiles':14}{'target':>8}")
    with running_lab() as lab:
        for row in ROWS:
            if row.part in parts:
                own, ratio = figure = row.measure(lab)
                spread = f"{ratio.low:.2f} to {ratio.high:.2f}"
                mark = "" if ratio.median <= row.target else " missed"
                print(
                    f"{row.work:44}{own.median:>7.1f} {row.unit:3}{ratio.median:7.2f}  "
                    f"{spread:14}{row.target:8.2f}{mark}",
                    flush=True,
                )
                note(row, figure)
        if PICTURE in parts:
            write_picture({events: shares(lab, events) for events in (1, 10, 100)})
    if LAPTOP in parts:
        measured = bench_laptop.rows()
        for line in measured:
            mark = "" if line.is_met else " missed"
            print(f"{line.work:60}{line.figure:>10,.2f} {line.unit:14} {line.bound}{mark}")
        write_laptop(measured)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
