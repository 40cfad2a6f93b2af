"""CPU time of a warm request, in ms, as `make costs OPTIONS=--cpu` measured it; machines differ.

The slowest of three runs on one core of an AMD EPYC with Python 3.11, where each call is answered
in the process and each request is traced. Sockets and TLS come on top (prices.py). Lambda's
arm64 was not measured.
"""

from typing import Final

MEASURED_ON: Final = "2026-11-25"
CPU_MS: Final = {
    ("lake", 1): 2.7, ("lake", 10): 3.3, ("lake", 100): 7.8,
    ("pinpoint", 1): 0.9, ("pinpoint", 10): 1.3, ("pinpoint", 100): 3.7,
}  # fmt: skip
