"""What a failed call of an AWS client was answered, without what it was asked."""

from botocore.exceptions import ClientError


def status_of(error: Exception) -> int | None:
    """Return the HTTP status that a call was answered with, if it was answered."""
    if not isinstance(error, ClientError):
        return None
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")


def kind_of(error: Exception) -> str:
    """Return what went wrong, in words that hold nothing a client sent."""
    return f"{type(error).__name__} {status_of(error) or ''}".strip()


def code_of(error: Exception) -> str:
    """Return what the service calls it, or what kind of exception it is."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code"))
    return type(error).__name__


def failure_text(error: Exception) -> str:
    """Return what a person is told of it: the service's own words, but no other exception's."""
    said = error.response.get("Error", {}).get("Message") if isinstance(error, ClientError) else ""
    return f"{code_of(error)}: {said}" if said else code_of(error)
