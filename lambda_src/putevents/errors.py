"""Every error of the gateway, what a caller is told of it, and whether trying again can help.

Exception
├── RequestError               answers a whole request, in the shape of Pinpoint's own errors
│   ├── BadRequestError        400
│   ├── ForbiddenError         403
│   ├── UnknownApplicationError, UnknownEndpointError, UnknownPathError    404
│   ├── UnknownDestinationError     404, of a message only
│   ├── MethodNotAllowedError  405
│   ├── PayloadTooLargeError   413
│   ├── UnsupportedEncodingError    415
│   ├── DestinationError, NotStoredError    500, worth another try
│   └── InternalError          500, a bug
├── NotDeliveredError          a message that stays on the queue
│   ├── LeftAloneError         the destination failed just now and was not asked again
│   ├── NotTriedError          there was no time to ask it
│   └── PartlyDeliveredError   SQS did not take what is left of it
└── SettingsError              the function cannot start
"""

from http import HTTPStatus
from typing import ClassVar


class RequestError(Exception):
    """A whole request that fails; its text is the `Message` of the answer."""

    status: ClassVar[HTTPStatus]
    name: ClassVar[str]  # the value of x-amzn-ErrorType
    text: ClassVar[str] = ""  # what it says unless it is raised with a text
    retry: ClassVar[bool] = False  # whether the same request may succeed later

    def __str__(self) -> str:
        """The text it was raised with, or that of its kind."""
        return super().__str__() or self.text


class BadRequestError(RequestError):
    """The body is not what the call takes."""

    status, name = HTTPStatus.BAD_REQUEST, "BadRequestException"


class _NotFoundError(RequestError):
    status, name = HTTPStatus.NOT_FOUND, "NotFoundException"


class ForbiddenError(RequestError):
    """The caller may not do this to the endpoint."""

    status = HTTPStatus.FORBIDDEN
    name = "ForbiddenException"


class UnknownApplicationError(_NotFoundError):
    """This gateway does not serve the application."""

    text = "Application not found."


class UnknownEndpointError(_NotFoundError):
    """The destination knows no such endpoint, or no endpoint of such a user."""

    text = "Endpoint not found."


class UnknownDestinationError(_NotFoundError):
    """A message is for a destination that the gateway does not have, or has no more."""

    text = "It is for a destination that is not in the settings."


class UnknownPathError(_NotFoundError):
    """No operation has this path."""

    text = "Path not found."


class MethodNotAllowedError(RequestError):
    """The path is served, but not with this method."""

    status, name = HTTPStatus.METHOD_NOT_ALLOWED, "MethodNotAllowedException"
    text = "Method not allowed."


class PayloadTooLargeError(RequestError):
    """The body is over 4 MB once decoded, or has more parts than are answered in one request."""

    status, name = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "PayloadTooLargeException"
    text = "Request size should be at most 4 MB."


class UnsupportedEncodingError(RequestError):
    """The body is compressed in a way that is not read."""

    status, name = HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaTypeException"
    text = "Content-Encoding should be gzip or identity."


class InternalError(RequestError):
    """A bug of ours; the answer says nothing about the inside."""

    # 500 and not 503: more clients keep what they sent and try again.
    status, name = HTTPStatus.INTERNAL_SERVER_ERROR, "InternalServerErrorException"
    text = "Internal server error."


class DestinationError(InternalError):
    """The destination did not do what it was asked."""

    text = "The destination did not answer, please try again."
    retry = True

    def __str__(self) -> str:
        """The same for every caller: the cause is for the log."""
        return self.text


class NotStoredError(InternalError):
    """Neither the destination nor the queue took it."""

    text = "Not delivered, please try again."
    retry = True


class NotDeliveredError(Exception):
    """A queue message stays on the queue; the text says why. Another try can help."""


class LeftAloneError(NotDeliveredError):
    """The breaker is open."""

    def __str__(self) -> str:
        """For the log, and for the reader of a dead letter."""
        return "The destination was not asked: it is down."


class NotTriedError(NotDeliveredError):
    """The invocation had no time left; another one may try at once."""

    def __str__(self) -> str:
        """For the log."""
        return "The destination was not asked: time was short."


class PartlyDeliveredError(NotDeliveredError):
    """A part of it was delivered, so it is not sent anew: whole, it would be delivered again."""


class SettingsError(Exception):
    """An environment variable is missing or wrong; nothing is served until it is put right."""

    def __init__(self, message: str, variables: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.variables = variables
