"""What this process is: the applications it serves, its destination, its queue, each made once."""

from urllib.parse import unquote

from putevents.destinations import load
from putevents.retry import RetryQueue
from putevents.settings import settings

destination = load(settings())
retry_queue = RetryQueue(settings())


class UnknownApplicationError(Exception):
    """This gateway does not serve the application."""


def served(application_id: str) -> str:
    """The id as it stood in a path, decoded; raises UnknownApplicationError if not served."""
    application_id = unquote(application_id)
    if not settings().serves(application_id):
        raise UnknownApplicationError("Application not found.")
    return application_id
