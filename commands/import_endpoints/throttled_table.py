"""Writes endpoints into the table, waiting out its throttling."""

import time
from collections.abc import Callable

import boto3
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from commands.aws_session import find_session
from commands.deployed import outputs, served_applications
from commands.exit_codes import StoppedError
from putevents.destinations.lake.dynamodb import DynamoDBItems
from putevents.endpoints.store import ContendedError, OutOfTimeError
from putevents.endpoints.table import EndpointTable
from putevents.endpoints.update import Change
from putevents.time_left import TimeLeft

_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 20.0  # seconds
_TRIES_WHEN_DOWN = 5


class ThrottledTable:
    """The endpoints of one application in a deployed table."""

    def __init__(self, name: str, application_id: str, say: Callable[[str], None]) -> None:
        self.name = name
        self.application_id = application_id
        self._table = EndpointTable(DynamoDBItems(name))
        self._no_end = TimeLeft()
        self._say = say

    def write(self, changes: dict[str, Change]) -> dict[str, str]:
        """Return when all are stored: the rules that rejected ones break. Or StoppedError."""
        broken: dict[str, str] = {}
        vain, down = 0, 0
        while changes:
            stored, failed = self._table.update_each(self.application_id, changes, self._no_end)
            failures = [_cause(failure) for failure in failed]
            broken |= {id_: item.rejection for id_, item in stored.items() if item.rejection}
            left = {id_: change for id_, change in changes.items() if id_ not in stored}
            if left:
                if len(left) < len(changes):
                    vain = down = 0
                vain += 1
                down = down + 1 if self._is_down(failures) else 0
                if down == _TRIES_WHEN_DOWN:
                    raise self._stopped(failures[0])
                if vain == 1:
                    self._say(f"The table does not keep up ({failures[0]}): waiting.")
                time.sleep(min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (vain - 1)))
            changes = left
        return broken

    def _is_down(self, failures: list[Exception]) -> bool:
        """Whether the service fails altogether; raises StoppedError if no waiting can help."""
        outages = [error for error in failures if _is_outage(error)]
        rest = [error for error in failures if error not in outages]
        for error in rest:
            if not _is_busy(error):
                raise self._stopped(error)
        return bool(outages) and all(isinstance(error, OutOfTimeError) for error in rest)

    def _stopped(self, error: Exception) -> StoppedError:
        return StoppedError(f"The table {self.name} cannot be written: {error}")


def find_table(
    stack: str, application_id: str, profile: str | None = None, region: str | None = None
) -> str:
    """The name of a deployed stack's table of endpoints, if it serves the application."""
    session = find_session(profile, region)
    # The lake's own code makes its clients of this one.
    boto3.setup_default_session(profile_name=profile, region_name=session.region_name)
    found = outputs(stack, session)
    if "EndpointTable" not in found:
        raise StoppedError(f"The stack {stack} has no endpoints: deploy it with destination=lake.")
    served = served_applications(found, session)
    if application_id not in served:
        raise StoppedError(
            f"The stack {stack} does not serve {application_id}, but {', '.join(served)}."
        )
    return found["EndpointTable"]


def _cause(failure: Exception) -> Exception:
    """The error of the AWS SDK behind a failure of the store."""
    cause = failure.__cause__
    return cause if isinstance(cause, Exception) else failure


def _is_busy(error: Exception) -> bool:
    """The table, or its items, have too much to do; an OutOfTimeError is our own time being up."""
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] in _THROTTLED
    return isinstance(error, ContendedError | OutOfTimeError)


def _is_outage(error: Exception) -> bool:
    if isinstance(error, ClientError):
        return error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
    return isinstance(error, ConnectionError | HTTPClientError)
