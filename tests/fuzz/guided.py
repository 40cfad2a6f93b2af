"""Fuzz one target, guided by coverage: `run_fuzzer` starts it for each turn.

`python -m tests.fuzz.guided TARGET COUNTS [libFuzzer's options]`
"""

import atexit
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["putevents"]):
    from tests.fuzz.fuzz_lab import HEAD, Lab
    from tests.fuzz.targets import TARGETS

from tests.fuzz.choices import Choices
from tests.fuzz.hostile import changed, with_repeated_key

_CPU_SECONDS = 2.0  # for one case; the largest take a tenth of that
_EVERY = 5.0  # seconds between two notes of how many cases were run


class Counted:
    """Runs cases of a target, and notes in a file how many there were."""

    def __init__(self, target: str, counts: Path) -> None:
        self._run, self._lab, self._target, self._file = TARGETS[target], Lab(), target, counts
        self._before = json.loads(counts.read_text()).get(target, 0) if counts.exists() else 0
        self._count, self._noted = 0, time.monotonic()

    def __call__(self, data: bytes) -> None:
        """Run one case."""
        self._count += 1
        started = time.process_time()
        self._run(self._lab, data)
        taken = time.process_time() - started
        if taken > _CPU_SECONDS:
            raise TimeoutError(f"promise 7: {taken:.1f} seconds of CPU for {len(data)} bytes")
        if time.monotonic() - self._noted > _EVERY:
            self.note()

    def note(self) -> None:
        """Write the count; a kill in between leaves the old file or the new one."""
        self._noted = time.monotonic()
        counts = json.loads(self._file.read_text()) if self._file.exists() else {}
        counts[self._target] = self._before + self._count
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n")
        new.replace(self._file)


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Change what is around a body, its bytes, or the JSON in it."""
    choices = Choices(Random(seed).randbytes(80))  # noqa: S311 # a mutation is no secret
    head, body = data[:HEAD].ljust(HEAD, b"\0"), data[HEAD:]
    kind = choices.below(8)
    if kind == 0:
        head = bytes(atheris.Mutate(head, HEAD)).ljust(HEAD, b"\0")
        return (head + body)[:max_size]
    if kind > 3 and head[0] & 1:
        with suppress(ValueError, RecursionError):
            text = json.dumps(changed(json.loads(body), choices))
            body = (with_repeated_key(text, choices) if kind == 7 else text).encode()
            return (head + body)[:max_size]
    return head + bytes(atheris.Mutate(body, max(1, max_size - HEAD)))


def main() -> None:
    """Fuzz until libFuzzer ends the process."""
    target, counts, *options = sys.argv[1:]
    run = Counted(target, Path(counts))
    atexit.register(run.note)
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 # metrics go there until the end
    atheris.Setup([sys.argv[0], *options], run, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
