"""Fetches a small JSON document of the issuer, within limits of time and size."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR, socket
from threading import Timer
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

MAX_BYTES = 256 * 1024
SECONDS = 3.0
_LOOPBACK = ("127.0.0.1", "localhost")


class IssuerError(Exception):
    """The issuer did not answer as one does; the text says how, and nothing of a token."""


def fetch_object(url: str, seconds: float = SECONDS) -> dict[str, Any]:
    """Return the JSON object at a URL; raises IssuerError.

    Redirects are not followed. Nothing is spoken in the clear but to this machine.
    """
    try:
        answer = json.loads(_get(url, seconds))
    except (OSError, HTTPException, ValueError, RecursionError) as error:
        raise IssuerError(f"The issuer did not answer: {type(error).__name__}.") from error
    if not isinstance(answer, dict):
        raise IssuerError("The issuer answered no JSON object.")
    return answer


def _get(url: str, seconds: float) -> bytes:
    deadline = monotonic() + seconds
    connection = _connection(url, seconds)
    try:
        connection.connect()
        with _cut_off(connection.sock, deadline - monotonic()):
            parts = urlsplit(url)
            target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
            connection.request("GET", target, headers={"Accept": "application/json"})
            response = connection.getresponse()
            if response.status != 200:
                raise IssuerError(f"The issuer answered {response.status}.")
            body = response.read(MAX_BYTES + 1)
    finally:
        connection.close()
    if len(body) > MAX_BYTES:
        raise IssuerError(f"The issuer answered more than {MAX_BYTES} bytes.")
    if monotonic() >= deadline or response.length:  # what is cut off reads like what has ended
        raise IssuerError("The issuer did not answer in time.")
    return body


def _connection(url: str, seconds: float) -> HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" and host:
        return HTTPSConnection(host, parts.port, timeout=seconds)
    if parts.scheme == "http" and host in _LOOPBACK:
        return HTTPConnection(host, parts.port, timeout=seconds)
    raise IssuerError("The issuer's keys are not at an https URL.")


@contextmanager
def _cut_off(connected: socket, seconds: float) -> Iterator[None]:
    """End all reading after a time: a socket's own limit begins anew with each byte."""

    def cut() -> None:
        with suppress(OSError):  # closed already
            socket.shutdown(connected, SHUT_RDWR)

    timer = Timer(max(0.0, seconds), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
