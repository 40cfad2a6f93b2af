"""`make fuzz`: fuzz the targets in turns, each in a process of its own."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzz.seeds import write_seeds

ROOT = Path(__file__).parents[2]
WORK = ROOT / ".build" / "fuzz"
# Shares of the time: the layers below the doors are cheaper, so they run many more cases.
SHARES = {
    "json": 4, "values": 4, "split": 1, "parse": 3, "ingest": 2, "put-events": 2,
    "endpoints": 1, "queue": 2, "enriched-events": 2,
}  # fmt: skip
_TURN = 30  # seconds of a share: what one target finds is no use to another
_MEMORY_MB, _LONGEST = 1024, 8192


def main() -> None:
    """Fuzz; ends with 1 if anything was found."""
    options = _options()
    targets = options.target or list(SHARES)
    for target in targets:
        write_seeds(target, WORK / target)
    counts = WORK / f"counts-{_commit()}.json"
    before = total_runs()
    end = time.monotonic() + options.seconds
    found: set[Path] = set()
    turn = 0
    if before >= options.runs:
        sys.exit(f"{before} executions were made before, and RUNS={options.runs} counts them all.")
    while time.monotonic() < end and total_runs() < options.runs:
        for target in targets:
            left = end - time.monotonic()
            if left > 0:
                _fuzz(
                    target,
                    counts,
                    max(1.0, min(_TURN * SHARES[target], left / len(targets) + 5)),
                    options.seed + turn,
                )
        turn += 1
        found = {path for path in WORK.glob("*-found/*") if path.is_file()}
        if found and not options.keep_going:
            break
    if total_runs() == before and not found:
        sys.exit(f"Nothing was executed, so nothing is known: see {WORK.relative_to(ROOT)}/*.log.")
    for commit, executions in executed().items():
        print(f"{commit}: {executions}")
    for target in targets:
        print(f"{target}: {_size(target)} cases in the corpus")
    for path in sorted(found):
        print(f"Found: .venv-fuzz/bin/python -m tests.fuzz.replay {path.relative_to(ROOT)}")
    sys.exit(bool(found))


def executed() -> dict[str, dict[str, int]]:
    """Return the executions of each target so far, by commit."""
    files = sorted(WORK.glob("counts-*.json"), key=lambda path: path.stat().st_mtime)
    return {path.stem.removeprefix("counts-"): json.loads(path.read_text()) for path in files}


def total_runs() -> int:
    """Return how many executions there were of all targets at all commits."""
    return sum(sum(found.values()) for found in executed().values())


def _commit() -> str:
    def git(*arguments: str) -> str:
        command = ["git", *arguments]
        return subprocess.run(  # git's own answers
            command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
        ).stdout.strip()

    changed = git("status", "--porcelain", "lambda_src")
    return git("rev-parse", "--short=12", "HEAD") + ("-changed" if changed else "")


def _fuzz(target: str, counts: Path, seconds: float, seed: int) -> None:
    corpus, found = WORK / target, WORK / f"{target}-found"
    found.mkdir(exist_ok=True)
    command = [
        sys.executable, "-m", "tests.fuzz.guided", target, str(counts), str(corpus),
        f"-max_total_time={int(seconds)}", f"-seed={seed or int(time.time())}",
        f"-artifact_prefix={found}/",
        f"-rss_limit_mb={_MEMORY_MB}", f"-max_len={_LONGEST}", "-timeout=60",
        "-reduce_inputs=1", "-verbosity=0", "-print_final_stats=0",
    ]  # fmt: skip
    with (WORK / f"{target}.log").open("a") as log:
        subprocess.run(  # this project's own program
            command, cwd=ROOT, env=_environment(), stdout=log, stderr=log, timeout=seconds + 600
        )


def _environment() -> dict[str, str]:
    # The developer's own settings must not change a result.
    return {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "POWERTOOLS_"))}


def _size(target: str) -> int:
    return sum(1 for _ in (WORK / target).iterdir()) if (WORK / target).exists() else 0


def _at_least_one(text: str) -> int:
    """Below it nothing would run, and nothing found would look like nothing broken."""
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number of at least 1")
    return int(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--target", action="append", choices=SHARES)
    parser.add_argument(
        "--runs", type=_at_least_one, default=10_000_000, help="of all targets, ever"
    )
    parser.add_argument("--seconds", type=_at_least_one, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep-going", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
