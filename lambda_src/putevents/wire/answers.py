"""Answers in Pinpoint's shapes: what succeeded, and the one table of what fails as a whole."""

import json
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from putevents.destinations import DestinationError
from putevents.gateway import UnknownApplicationError
from putevents.wire.body import BadRequestError, PayloadTooLargeError


class UnknownEndpointError(Exception):
    """The destination knows no such endpoint, or no endpoint of such a user."""


class ForbiddenError(Exception):
    """This gateway does not let its callers read or delete endpoints."""


class MethodNotAllowedError(Exception):
    """The path is served, but not with this method."""


class NotStoredError(Exception):
    """Neither the destination nor the queue took it; trying again may help."""


# What a request that fails as a whole is told; a text of None is the exception's own.
_INTERNAL = (HTTPStatus.INTERNAL_SERVER_ERROR, "InternalServerErrorException")
_NOT_FOUND = (HTTPStatus.NOT_FOUND, "NotFoundException")
ERRORS: dict[type[Exception], tuple[HTTPStatus, str, str | None]] = {
    BadRequestError: (HTTPStatus.BAD_REQUEST, "BadRequestException", None),
    ForbiddenError: (
        HTTPStatus.FORBIDDEN,
        "ForbiddenException",
        "Endpoints can be read and deleted with auth iam only.",
    ),
    UnknownApplicationError: (*_NOT_FOUND, None),
    UnknownEndpointError: (*_NOT_FOUND, "Endpoint not found."),
    NotFoundError: (*_NOT_FOUND, "Path not found."),
    MethodNotAllowedError: (
        HTTPStatus.METHOD_NOT_ALLOWED,
        "MethodNotAllowedException",
        "Method not allowed.",
    ),
    PayloadTooLargeError: (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "PayloadTooLargeException",
        "Request size should be at most 4 MB.",
    ),
    # 500 and not 503: more clients keep what they sent and try again.
    DestinationError: (*_INTERNAL, "The destination did not answer, please try again."),
    NotStoredError: (*_INTERNAL, "Not delivered, please try again."),
    Exception: (*_INTERNAL, "Internal server error."),
}


def respond(
    status: HTTPStatus, body: Any, headers: dict[str, str | list[str]] | None = None
) -> Response[str]:
    """An answer with a JSON body."""
    return Response(
        status_code=status.value,
        content_type="application/json",
        body=json.dumps(body, separators=(",", ":")),
        headers=headers,
    )


def refuse(error: Exception, request_id: str) -> Response[str]:
    """The answer of the table for an exception."""
    status, name, text = next(ERRORS[kind] for kind in type(error).__mro__ if kind in ERRORS)
    body = {"Message": text or str(error), "RequestID": request_id}
    return respond(status, body, {"x-amzn-ErrorType": name})
