"""How long the doctor takes for a made-up project of 50,000 files: `make doctor-speed`."""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.commands.doctor_projects.unpacked import PROJECTS, unpack

FILES = 50_000
_WORDS = [
    "const",
    "value",
    "function",
    "return",
    "import",
    "client",
    "request",
    "answer",
    "amplify",
]
_ENDINGS = ["ts", "tsx", "js", "py", "kt", "java", "swift", "go", "json", "yaml", "tf", "css"]


def make_tree(folder: Path, files: int) -> int:
    """Write files of 1 to 12 KB, a few of them from the test projects; return their bytes."""
    chance = random.Random(1)  # noqa: S311 - a tree like the one before
    written = 0
    for number in range(files):
        path = folder / f"app{number % 40}" / f"part{number // 40 % 50}"
        path.mkdir(parents=True, exist_ok=True)
        lines = (
            " ".join(chance.choices(_WORDS[: 8 + (number % 50 == 0)], k=8)) for _ in range(200)
        )
        text = "\n".join(lines)[: chance.randint(1_000, 12_000)]
        written += (path / f"file{number}.{chance.choice(_ENDINGS)}").write_text(text)
    for number in range(100):
        unpack(PROJECTS[number % len(PROJECTS)], folder / f"app{number % 40}/used{number}")
    (folder / ".gitignore").write_text("*.log\n/build/\n.env.local\nnode_modules\n*.tmp\n")
    return written


def main() -> None:
    """Make the tree, examine it as a person does, and print the figures."""
    with tempfile.TemporaryDirectory() as name:
        written = make_tree(Path(name), FILES)
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "commands", "doctor", name, "--json"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        took = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{FILES:,} files, {written / 1e6:.0f} MB: {took:.1f} s,"
        f" {used.ru_utime + used.ru_stime:.1f} s of CPU, {used.ru_maxrss / 1024:.0f} MB of memory,"
        f" {len(json.loads(done.stdout)['uses']):,} uses"
    )


if __name__ == "__main__":
    main()
