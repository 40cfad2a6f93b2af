"""How the command can end."""

from enum import IntEnum

from click import ClickException


class ExitCode(IntEnum):
    """What the command ends with."""

    IMPORTED = 0
    REJECTED = 1  # some lines; all the others are imported
    USAGE = 2  # Click's own
    STOPPED = 3
    INTERRUPTED = 130  # what a shell gives for Ctrl-C


class StoppedError(ClickException):
    """It cannot go on; the text says why, in a sentence."""

    exit_code = ExitCode.STOPPED
