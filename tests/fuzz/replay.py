"""Run cases that the fuzzer found or kept again: `python -m tests.fuzz.replay FILE ...`."""

import sys
from pathlib import Path

from tests.fuzz.fuzz_lab import Lab
from tests.fuzz.targets import TARGETS


def main() -> None:
    """Run each file by the target that its folder names; the first broken promise is raised."""
    for name in sys.argv[1:]:
        path = Path(name)
        data = path.read_bytes()
        print(name, data, sep="\n", file=sys.stderr)
        TARGETS[path.parent.name.removesuffix("-found")](Lab(), data)


if __name__ == "__main__":
    main()
