"""How a call can end: its exit code, and the errors that say it in one sentence."""

from enum import IntEnum

from click import ClickException


class ExitCode(IntEnum):
    """What the command ends with; of several, the highest."""

    ACCEPTED = 0
    NOT_ACCEPTED = 1
    USAGE = 2  # Click's own
    REFUSED = 3
    NO_ANSWER = 4
    INTERRUPTED = 130  # what a shell gives for Ctrl-C


class NotSentError(ClickException):
    """There is nothing to authorize a request with; the options are right."""

    exit_code = ExitCode.USAGE


class CallError(ClickException):
    """A request that has no EventsResponse; `kind` is its text without what differs each time."""

    def __init__(self, kind: str, request_id: str = "") -> None:
        super().__init__(f"{kind} (request id {request_id})" if request_id else kind)
        self.kind = kind


class RefusedError(CallError):
    """The gateway, or whoever stands at its URL, answered something else."""

    exit_code = ExitCode.REFUSED


class NoAnswerError(CallError):
    """Nobody answered."""

    exit_code = ExitCode.NO_ANSWER
