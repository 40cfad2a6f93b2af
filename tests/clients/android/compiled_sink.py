"""The sink for Android, its stubs and its README's examples, compiled by Debian's Kotlin."""

import fcntl
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.programs import ROOT

KOTLINC = shutil.which("kotlinc")
STDLIB = Path("/usr/share/java/kotlin-stdlib.jar")
SINK = ROOT / "clients/android"
SOURCES = sorted([*SINK.glob("*.kt"), *Path(__file__).parent.glob("jvm/*.kt")])
# Amplify's annotation needs no consent of an app that uses it in the same way.
OPTIONS = ("-jvm-target", "1.8", "-Xuse-experimental=kotlin.Experimental")


def _examples() -> list[str]:
    """The README's Kotlin, each block a file."""
    return re.findall(r"^```kotlin\n(.*?)^```", (SINK / "README.md").read_text(), re.M | re.S)


def compiled_sink() -> Path:
    """The folder of the classes; compiled when a source has changed, by one test at a time."""
    if KOTLINC is None:
        pytest.skip("kotlinc is not installed here: as root, apt-get install kotlin")
    texts = [*(path.read_text() for path in SOURCES), *_examples()]
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    folder = ROOT / ".build/android" / digest[:16]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _compile(folder)
    return folder


def _compile(folder: Path) -> None:
    for old in folder.parent.glob("*/"):
        shutil.rmtree(old)
    unfinished = folder.with_suffix(".unfinished")
    examples = folder.with_suffix(".examples")
    examples.mkdir()
    for number, text in enumerate(_examples()):
        (examples / f"Example{number}.kt").write_text(text)
    sources = [*map(str, SOURCES), str(examples)]
    done = subprocess.run(
        [str(KOTLINC), *OPTIONS, *sources, "-d", str(unfinished)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "VM warning" not in line]
    assert (done.returncode, said) == (0, []), done.stderr
    unfinished.rename(folder)
