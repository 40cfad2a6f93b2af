"""Lambda's init phase: how it begins, before anything else is imported, and how it ends."""

import gc
import os
from time import perf_counter

_imported = perf_counter()


def is_on() -> bool:
    """Whether this process is one of Lambda's, whose init phase has a whole CPU."""
    return "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ


def begin() -> None:
    """Collect no garbage meanwhile: nearly all that is made stays."""
    if is_on():
        gc.disable()


def end() -> float:
    """Collect from now on, but not what the init phase made; return how many ms that took."""
    gc.freeze()
    gc.enable()
    return round((perf_counter() - _imported) * 1000, 1)
