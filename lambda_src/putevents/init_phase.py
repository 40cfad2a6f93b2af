"""Lambda's init phase: how it begins, before anything else is imported, and how it ends."""

import gc
import os


def is_on() -> bool:
    """Whether this process is one of Lambda's, whose init phase has a whole CPU."""
    return "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ


def begin() -> None:
    """Collect no garbage meanwhile: nearly all that is made stays."""
    if is_on():
        gc.disable()


def end() -> None:
    """Collect from now on, but never look through what the init phase has made."""
    gc.freeze()
    gc.enable()
