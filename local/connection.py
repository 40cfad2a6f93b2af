"""uvicorn's HTTP/1.1 connection, with Pinpoint's errors and a limit for silent clients."""

import logging
import string
import uuid
from http import HTTPStatus
from typing import Any
from urllib.parse import quote_from_bytes

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from local.console import printable
from local.http_messages import error_response
from local.web_app import HANG_UP

LINGER_SECONDS = 10  # for a client to finish sending what was rejected

log = logging.getLogger("local")


class Connection(H11Protocol):
    """One client, for as many requests as it sends."""

    _rejected = False

    def connection_made(self, transport: Any) -> None:
        """Begin with a new client."""
        super().connection_made(transport)
        self.app_state = {HANG_UP: transport.close}
        self._close_when_idle()

    def data_received(self, data: bytes) -> None:
        """Take what a client sent."""
        if self._rejected:
            return
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data == (b"", False):
            data = _encoded(data)
        super().data_received(data)
        self._close_when_idle()

    def send_400_response(self, msg: str) -> None:
        """Respond to invalid HTTP in the shape of Pinpoint's errors, and close the connection."""
        self._rejected = True
        if self.cycle:  # its body broke off: the application must not wait for the rest
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()
            return
        request_id = str(uuid.uuid4())
        response = error_response(HTTPStatus.BAD_REQUEST, request_id)
        headers = [
            *self.server_state.default_headers,
            *response.encoded_headers(request_id),
            (b"connection", b"close"),
        ]
        for event in (
            h11.Response(status_code=response.status, headers=headers, reason=b"Bad Request"),
            h11.Data(data=response.body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        log.info("%s", printable(f"no HTTP  {response.status}  {msg}"))
        # A client that is still sending would lose the answer if the connection were closed now.
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _close_when_idle(self) -> None:
        # uvicorn itself has no timeout for the first request, nor for the rest of a head.
        in_hand = self.cycle is not None and not self.cycle.response_complete
        if not in_hand and self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )


def _encoded(data: bytes) -> bytes:
    """Percent-encode what a client left bare in the request line, such as UTF-8 in a path."""
    line, end, rest = data.partition(b"\n")
    return quote_from_bytes(line, safe=string.punctuation + " \r").encode() + end + rest
