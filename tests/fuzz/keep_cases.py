"""Copy into `tests/fuzz/corpus` the small cases of a corpus that reach lines no kept one reaches.

`python -m tests.fuzz.keep_cases CORPUS`, where CORPUS has a folder for each target.
"""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.fuzz_lab import Lab
from tests.fuzz.seeds import KEPT, seeds
from tests.fuzz.targets import TARGETS

_LARGEST = 1500  # bytes of a case
Step = tuple[str, int, int]


def main() -> None:
    """Keep cases of each target, the smallest first."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 # metrics go there until the end
    for target, run in TARGETS.items():
        lab, reached = Lab(), set[Step]()
        for data in seeds(target):
            reached |= _steps(partial(run, lab, data))
        (KEPT / target).mkdir(parents=True, exist_ok=True)
        files = list((Path(sys.argv[1]) / target).iterdir())
        for path in sorted(files, key=lambda path: (path.stat().st_size, path.name)):
            data = path.read_bytes()
            if len(data) > _LARGEST:
                break
            steps = _steps(partial(run, lab, data))
            if steps - reached:
                reached |= steps
                (KEPT / target / path.name[:16]).write_bytes(data)


def _steps(run: Callable[[], None]) -> set[Step]:
    """Return the steps from line to line of our own code that a case takes."""
    found: set[Step] = set()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        name = frame.f_code.co_filename
        if "/putevents/" not in name:
            return None
        before = 0

        def step(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal before
            found.add((name, before, frame.f_lineno))
            before = frame.f_lineno
            return step

        return step

    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(None)
    return found


if __name__ == "__main__":
    main()
