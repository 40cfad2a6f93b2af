"""CPU time of a warm request, in ms, as `make costs OPTIONS=--cpu` measured it; machines differ.

The slowest of three runs on one core of an AMD EPYC with Python 3.11, where each call is answered
in the process. Sockets and TLS come on top, and about 0.2 ms of a request that is traced. Lambda's
arm64 was not measured.
"""

from typing import Final

MEASURED_ON: Final = "2026-11-25"
CPU_MS: Final = {
    ("lake", 1): 2.8, ("lake", 10): 4.0, ("lake", 100): 7.0,
    ("pinpoint", 1): 0.9, ("pinpoint", 10): 1.2, ("pinpoint", 100): 3.4,
}  # fmt: skip
