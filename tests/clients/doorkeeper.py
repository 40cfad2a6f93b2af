"""What stands before the gateway on AWS: it asks for a key, a token or a signature, then passes on.

Like API Gateway it lets preflights through, refuses with 403, and serves under a stage's path.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.clients.programs import ENVIRONMENT
from tests.local.running_gateway import SECONDS

STAGE = "/prod"
API_KEY = "the-key"
ID_TOKEN = "the.id.token"
_HOP_BY_HOP = {"connection", "host", "keep-alive", "transfer-encoding"}


class Call(NamedTuple):
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def has_api_key(call: Call) -> bool:
    """`auth: api-key`."""
    return call.headers.get("x-api-key") == API_KEY


def has_id_token(call: Call) -> bool:
    """`auth: cognito`."""
    return call.headers.get("authorization") in (ID_TOKEN, f"Bearer {ID_TOKEN}")


def is_signed_for_execute_api(call: Call) -> bool:
    """`auth: iam`: the signature is computed again, with the secret that both sides know."""
    given = call.headers.get("authorization", "")
    if "/us-east-1/execute-api/aws4_request" not in given:
        return False
    signed = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    url = f"http://{call.headers['host']}{call.target}"
    headers = {name: call.headers[name] for name in signed}
    request = AWSRequest(method=call.method, url=url, headers=headers, data=call.body)
    request.context["timestamp"] = call.headers["x-amz-date"]
    signer = SigV4Auth(
        Credentials(ENVIRONMENT["AWS_ACCESS_KEY_ID"], ENVIRONMENT["AWS_SECRET_ACCESS_KEY"]),
        "execute-api",
        "us-east-1",
    )
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    return given.endswith(f"Signature={signer.signature(to_sign, request)}")


@contextmanager
def standing_before(gateway_url: str, admits: Callable[[Call], bool]) -> Iterator[str]:
    """The address of a doorkeeper, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = Call(self.command, self.path, headers, body)
            if not self.path.startswith(f"{STAGE}/"):
                return self.answer(404, {}, b'{"message":"Not Found"}')
            if self.command != "OPTIONS" and not admits(call):
                refusal = {
                    "x-amzn-ErrorType": "ForbiddenException",
                    "Access-Control-Allow-Origin": "*",
                }
                return self.answer(403, refusal, b'{"message":"Forbidden"}')
            self.answer(*_pass_on(gateway_url, call))

        def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in _HOP_BY_HOP | {"content-length"}:
                    self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = serve  # noqa: N815 # the library's

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{STAGE}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _pass_on(gateway_url: str, call: Call) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection(gateway_url.removeprefix("http://"), timeout=SECONDS)
    try:
        headers = {name: v for name, v in call.headers.items() if name not in _HOP_BY_HOP}
        connection.request(call.method, call.target.removeprefix(STAGE), call.body, headers)
        response = connection.getresponse()
        return response.status, dict(response.headers), response.read()
    finally:
        connection.close()
