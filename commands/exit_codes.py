"""How every command can end: one set of exit codes, and the errors that carry them."""

from enum import IntEnum

from click import ClickException

from commands.plain_text import printable_lines


class ExitCode(IntEnum):
    """What a command ends with; of several, the highest."""

    DONE = 0
    REJECTED = 1  # a part was rejected: an event, a line, a statement
    USAGE = 2  # Click's own
    STOPPED = 3
    NO_ANSWER = 4
    INTERRUPTED = 130  # what a shell gives for Ctrl-C


class CommandError(ClickException):
    """A command's end, in a sentence that may hold what others wrote."""

    def format_message(self) -> str:
        """The sentence as a terminal gets it."""
        return printable_lines(self.message)


class RejectedError(CommandError):
    """The other side read what it was given and found it wrong."""

    exit_code = ExitCode.REJECTED


class NotSentError(CommandError):
    """There is nothing to authorize a request with; the options are right."""

    exit_code = ExitCode.USAGE


class StoppedError(CommandError):
    """The command cannot go on; the text says why, in a sentence."""

    exit_code = ExitCode.STOPPED
