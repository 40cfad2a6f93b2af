"""CPU time of a warm request, in ms, as `make costs OPTIONS=--cpu` measured it; machines differ.

The slowest of three runs on one core of an AMD EPYC with Python 3.11, where each call is answered
in the process. Sockets and TLS come on top. Lambda's arm64 was not measured.
"""

from typing import Final

MEASURED_ON: Final = "2026-11-25"
CPU_MS: Final = {
    ("lake", 1): 3.7, ("lake", 10): 4.2, ("lake", 100): 10.5,
    ("pinpoint", 1): 1.0, ("pinpoint", 10): 1.4, ("pinpoint", 100): 5.1,
}  # fmt: skip
