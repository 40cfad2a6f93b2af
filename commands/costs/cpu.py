"""CPU time of a warm request, as `make costs OPTIONS=--cpu` measured it; machines differ.

On an AMD EPYC with Python 3.11 and calls that are answered at once; it takes the place of the CPU
time on Lambda's arm64, which was not measured.
"""

from typing import Final

MEASURED_ON: Final = "2026-11-25"
CPU_MS: Final = {
    ("lake", 1): 3.0, ("lake", 10): 3.5, ("lake", 100): 8.0,
    ("pinpoint", 1): 2.0, ("pinpoint", 10): 2.5, ("pinpoint", 100): 7.0,
}  # fmt: skip
